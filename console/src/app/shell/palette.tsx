/** Commands by name (Ctrl-K), and the help page with every key. */

import {useState} from 'preact/hooks';
import type {JSX} from 'preact';
import {COMMANDS, type Command} from '../commands';
import {t} from '../i18n';
import {incidents, intents, notices, sites} from '../store';
import {singleKeys} from '../preferences';
import {help, palette, select} from '../view';
import {Code, Said} from '../text';
import {Dialog} from './dialog';

const FOUND_MAX = 12;

/** Things of the node by name, beside the commands. */
function things(): Command[] {
  return [
    ...(intents.value?.intents ?? []).map((each): Command => ({id: each.intent, title: () => `${each.callsign ?? ''} ${each.intent}`, run: () => select({kind: 'intent', id: each.intent})})),
    ...(notices.value?.notices ?? []).map((each): Command => ({id: each.notice, title: () => `${each.place} ${each.notice}`, run: () => select({kind: 'notice', id: each.notice})})),
    ...(sites.value?.sites ?? []).map((each): Command => ({id: each.site, title: () => `${each.names?.[0]?.text ?? ''} ${each.site}`, run: () => select({kind: 'site', id: each.site})})),
    ...(incidents.value?.incidents ?? []).map((each): Command => ({id: each.incident, title: () => `${each.title} ${each.incident}`, run: () => select({kind: 'incident', id: each.incident})})),
  ];
}

function fits(title: string, words: string[]): boolean {
  const low = title.toLocaleLowerCase();
  return words.every((each) => low.includes(each));
}

export function Palette(): JSX.Element {
  const [asked, setAsked] = useState('');
  const [at, setAt] = useState(0);
  const words = asked.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const offered = COMMANDS.filter((each) => each.when?.() ?? true);
  const all = words.length === 0 ? offered : [...offered, ...things()];
  const found = all.filter((each) => each.id !== 'palette' && each.id !== 'close' && fits(each.title(), words)).slice(0, FOUND_MAX);
  const run = (command: Command | undefined): void => {
    if (command === undefined) return;
    palette.value = false;
    queueMicrotask(command.run);
  };
  const onKey = (event: KeyboardEvent): void => {
    const step = {ArrowDown: 1, ArrowUp: -1}[event.key];
    if (step !== undefined) {
      event.preventDefault();
      setAt((at + step + found.length) % Math.max(1, found.length));
    } else if (event.key === 'Enter') {
      event.preventDefault();
      run(found[at]);
    }
  };
  return (
    <Dialog label={t('do-palette')} className="palette" onClose={() => { palette.value = false; }}>
      <input
        autofocus role="combobox" aria-expanded="true" aria-controls="found" aria-label={t('do-palette')} placeholder={t('palette-hint')}
        aria-activedescendant={found.length ? `found-${at}` : undefined} value={asked} onKeyDown={onKey}
        onInput={(event) => { setAsked(event.currentTarget.value); setAt(0); }}
      />
      <ul id="found" role="listbox" aria-label={t('do-palette')}>
        {found.map((each, index) => (
          <li key={each.id} id={`found-${index}`} role="option" aria-selected={index === at} onClick={() => run(each)}>
            <Said>{each.title()}</Said>{each.key ? <kbd dir="ltr">{each.key}</kbd> : null}
          </li>
        ))}
      </ul>
      <p role="status" class="hint">{found.length === 0 ? t('nothing-found') : ''}</p>
    </Dialog>
  );
}

export function Help(): JSX.Element {
  return (
    <Dialog label={t('do-help')} className="help" onClose={() => { help.value = false; }}>
      <h1>{t('do-help')}</h1>
      <p>{t('help-words')}</p>
      <table>
        <thead><tr><th scope="col">{t('key')}</th><th scope="col">{t('does')}</th></tr></thead>
        <tbody>
          {COMMANDS.filter((each) => each.key !== undefined && (each.when?.() ?? true)).map((each) => (
            <tr key={each.id}><td><kbd dir="ltr">{each.key}</kbd></td><td>{each.title()}</td></tr>
          ))}
          <tr><td><kbd dir="ltr">↑ ↓ Enter</kbd></td><td>{t('do-rows')}</td></tr>
        </tbody>
      </table>
      <label class="check"><input type="checkbox" checked={singleKeys.value} onChange={(event) => { singleKeys.value = event.currentTarget.checked; }} />{t('single-keys')}</label>
      <p><Code>comity --help</Code> {t('help-command-line')}</p>
      <button onClick={() => { help.value = false; }}>{t('close')}</button>
    </Dialog>
  );
}
