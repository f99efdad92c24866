/** A part of the screen that fails says so in its place, and the others go on. */

import {Component, type ComponentChildren, type JSX} from 'preact';
import {t} from '../i18n';
import {Original} from '../original';

interface Properties {
  /** What is not shown then, as a person calls it. */
  name: string;
  children: ComponentChildren;
}

const AGAIN_MS = 10_000; // what failed may have been one answer

export class Boundary extends Component<Properties, {wrong: string | null}> {
  override state: {wrong: string | null} = {wrong: null};
  private timer: ReturnType<typeof setTimeout> | undefined;

  static override getDerivedStateFromError(error: unknown): {wrong: string} {
    return {wrong: error instanceof Error ? error.message : String(error)};
  }

  override componentDidCatch(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(this.again, AGAIN_MS);
  }

  override componentWillUnmount(): void {
    clearTimeout(this.timer);
  }

  private readonly again = (): void => this.setState({wrong: null});

  override render(): ComponentChildren {
    const {wrong} = this.state;
    return wrong === null ? this.props.children : <NotShown name={this.props.name} wrong={wrong} again={this.again} />;
  }
}

function NotShown({name, wrong, again}: {name: string; wrong: string; again: () => void}): JSX.Element {
  return (
    <div class="not-shown" role="alert">
      <p><strong>{t('part-not-shown', {name})}</strong> {t('part-not-shown-words')}</p>
      <p><Original>{wrong.slice(0, 300)}</Original></p>
      <button class="small" onClick={again}>{t('try-again')}</button>
    </div>
  );
}
