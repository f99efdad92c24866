/** A button that does one thing at the node: once, with its outcome or its refusal beside it. */

import {useState} from 'preact/hooks';
import type {ComponentChildren, JSX} from 'preact';
import {Away, Refusal} from '../api';
import {t} from '../i18n';
import {say} from '../view';
import {awaitSecond} from './second_person';
import {Refused} from '../original';

interface Properties {
  action: string;
  children: ComponentChildren;
  /** Told once it is done. */
  done: string;
  run: (words?: string) => Promise<unknown>;
  primary?: boolean;
  disabled?: boolean;
  /** Asked for before it is done: a reason. */
  ask?: string;
  /** Has to be said yes to. */
  confirm?: string;
}

/** `autofocus` counts once a page: whoever pressed the button by a key would type into the shortcuts. */
const toInput = (input: HTMLInputElement | null): void => input?.focus();

export function Act({action, children, done, run, primary, disabled, ask, confirm}: Properties): JSX.Element {
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<string | null>(null);
  const [asking, setAsking] = useState(false);
  const go = async (words?: string): Promise<void> => {
    setBusy(true);
    setWrong(null);
    try {
      await run(words);
      say(done);
      setAsking(false);
    } catch (error) {
      if (error instanceof Refusal && error.problem.reason === 'second-person') {
        setAsking(false);
        awaitSecond(error);
      } else setWrong(error instanceof Away ? t('away-unknown') : (error as Error).message);
    } finally {
      setBusy(false);
    }
  };
  const submit = (event: Event): void => {
    event.preventDefault();
    void go(ask === undefined ? undefined : String(new FormData(event.currentTarget as HTMLFormElement).get('words')));
  };
  return (
    <span class="act">
      <button data-action={action} class={primary ? 'primary' : undefined} disabled={disabled || busy} aria-expanded={ask || confirm ? asking : undefined}
        onClick={() => { if (ask !== undefined || confirm !== undefined) setAsking(!asking); else void go(); }}>{children}</button>
      {asking ? (
        <form class="asking" onSubmit={submit}>
          {ask === undefined ? <p>{confirm}</p> : <label>{ask}<input name="words" ref={toInput} dir="auto" required /></label>}
          <button class="primary" disabled={busy}>{children}</button>
          <button type="button" onClick={() => setAsking(false)}>{t('close')}</button>
        </form>
      ) : null}
      {wrong === null ? null : <span role="alert" class="field-error"><Refused>{wrong}</Refused></span>}
    </span>
  );
}

export function Actions({children}: {children: ComponentChildren}): JSX.Element {
  return <div class="actions">{children}</div>;
}
