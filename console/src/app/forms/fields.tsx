/** Fields of a form. What the node refuses is shown at the field that it names. */

import {createContext, type ComponentChildren, type JSX} from 'preact';
import {useContext, useId, useLayoutEffect, useRef, useState} from 'preact/hooks';
import {useSignal, type Signal} from '@preact/signals';
import {Away, Refusal} from '../api';
import type {Draft} from '../drafts';
import {t} from '../i18n';
import {form, say} from '../view';
import {Refused} from '../original';
import {Said} from '../text';
import {awaitSecond} from './second_person';

interface Met {
  field: string | null;
  why: string;
}

interface Shared {
  names: Set<string>;
  refused: Signal<{at: string; why: string} | null>;
}

const Context = createContext<Shared | null>(null);

/** The field of the form that a path of the API lies in: the longest name that begins it. */
export function fieldOf(path: string | null, names: Iterable<string>): string {
  if (path === null) return '';
  const fits = (name: string): boolean => path === name || path.startsWith(`${name}.`) || path.startsWith(`${name}[`);
  return [...names].filter(fits).sort((a, b) => b.length - a.length)[0] ?? '';
}

/** What a record's rule refuses names the field in its words: `field-form: legal_basis: says nothing`. */
const namedIn = (why: string): string | null => /^[a-z-]+: ([a-z_][\w.[\]]*): /.exec(why)?.[1] ?? null;

interface FormProperties {
  title: string;
  draft: Draft<never> | {discard(): Promise<void>; restored: Signal<boolean>};
  submit: () => Promise<string>;
  action: string;
  children: ComponentChildren;
  extra?: ComponentChildren;
  disabled?: boolean;
  /** Stay open after it is done. */
  stays?: boolean;
  /** It stands in a page of something else: it takes no focus of its own, and there is nothing to close. */
  inside?: boolean;
}

export function Form({title, draft, submit, action, children, extra, disabled, stays, inside}: FormProperties): JSX.Element {
  const [busy, setBusy] = useState(false);
  const refused = useSignal<{at: string; why: string} | null>(null);
  const names = useRef(new Set<string>()).current;
  const at = useRef<HTMLFormElement>(null);
  useLayoutEffect(() => { // before it is seen: whoever types at once is not moved to another field
    if (!inside) at.current?.querySelector<HTMLElement>('input,textarea,select')?.focus();
  }, []);
  const go = async (event: Event): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    refused.value = null;
    try {
      say(await submit());
      await draft.discard();
      if (!stays) form.value = null;
    } catch (error) {
      if (error instanceof Refusal && error.problem.reason === 'second-person') {
        await draft.discard(); // it stands in the proposal, to the byte
        awaitSecond(error);
        return;
      }
      const told: Met = error instanceof Refusal ? {field: error.problem.field ?? null, why: error.problem.reason === HERE ? error.problem.why ?? '' : `${error.problem.reason}: ${error.problem.why ?? ''}`} : {field: null, why: error instanceof Away ? t('away-kept') : (error as Error).message};
      const field = fieldOf(told.field ?? namedIn(told.why), names);
      refused.value = {at: field, why: field === '' && told.field ? `${told.field}: ${told.why}` : told.why};
      queueMicrotask(() => at.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
    } finally {
      setBusy(false);
    }
  };
  const whole = refused.value !== null && refused.value.at === '' ? refused.value.why : '';
  return (
    <Context.Provider value={{names, refused}}>
      <form ref={at} class="form" aria-label={title} onSubmit={(event) => void go(event)} noValidate>
        {inside ? null : <h2>{title}</h2>}
        {draft.restored.value ? <p class="hint" role="status">{t('draft-restored')}</p> : null}
        <p role="alert" class="field-error whole">{whole ? <Refused>{whole}</Refused> : ''}</p>
        {children}
        <div class="actions">
          <button class="primary" disabled={busy || disabled}>{action}</button>
          {extra}
          {inside ? null : <button type="button" onClick={() => { form.value = null; }}>{t('close-keep')}</button>}
          <button type="button" onClick={() => { void draft.discard(); if (!inside) form.value = null; }}>{t('discard')}</button>
        </div>
      </form>
    </Context.Provider>
  );
}

interface FieldProperties {
  /** Path of the field as the API names it. */
  name: string;
  label: string;
  value: string;
  onInput: (value: string) => void;
  hint?: ComponentChildren;
  kind?: 'text' | 'area' | 'number' | 'select' | 'code';
  options?: [string, string][];
  lang?: string;
  required?: boolean;
  /** Shown, and not written in. */
  reads?: boolean;
}

export function Field({name, label, value, onInput, hint, kind = 'text', options, lang, required, reads}: FieldProperties): JSX.Element {
  const shared = useContext(Context);
  const id = useId();
  shared?.names.add(name);
  const wrong = shared?.refused.value?.at === name ? shared.refused.value.why : null;
  const common = {
    id, name, lang, required, readOnly: reads,
    'aria-invalid': wrong !== null ? ('true' as const) : undefined,
    'aria-describedby': `${id}-hint ${id}-wrong`,
    value,
    onInput: (event: Event) => onInput((event.currentTarget as HTMLInputElement).value),
  };
  const direction = kind === 'code' || kind === 'number' ? 'ltr' : 'auto';
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {kind === 'area' ? <textarea {...common} dir={direction} rows={4} /> : null}
      {kind === 'select' ? <select {...common}>{options?.map(([each, words]) => <option key={each} value={each}>{words}</option>)}</select> : null}
      {kind === 'text' || kind === 'code' || kind === 'number' ? <input {...common} dir={direction} inputMode={kind === 'number' ? 'decimal' : undefined} autocomplete="off" spellcheck={kind === 'text'} /> : null}
      <small id={`${id}-hint`} class="hint">{hint}</small>
      <span id={`${id}-wrong`} role="alert" class="field-error">{wrong === null ? '' : <Refused>{wrong}</Refused>}</span>
    </div>
  );
}

const HERE = 'met-here'; // reason of what this console refuses itself, in the language chosen

/** An error at a field that this console met itself; with a reason, one that the node told of another field. */
export function refusal(field: string, why: string, reason: string = HERE): Refusal {
  return new Refusal({title: why, status: 400, kind: 'input', reason, field, why});
}

interface ChecksProperties {
  label: string;
  names: [string, string][];
  chosen: string[];
  onChange: (chosen: string[]) => void;
  /** Path of the field as the API names it: what is refused is shown here. */
  field?: string;
}

export function Checks({label, names, chosen, onChange, field}: ChecksProperties): JSX.Element {
  const shared = useContext(Context);
  const id = useId();
  if (field !== undefined) shared?.names.add(field);
  const wrong = field !== undefined && shared?.refused.value?.at === field ? shared.refused.value.why : null;
  return (
    <fieldset><legend>{label}</legend>
      {names.map(([each, words], index) => (
        <label key={each} class="check"><input type="checkbox" name={field} checked={chosen.includes(each)} aria-invalid={wrong !== null && index === 0 ? 'true' : undefined} aria-describedby={wrong !== null ? id : undefined}
          onChange={(event) => onChange(event.currentTarget.checked ? [...chosen, each] : chosen.filter((one) => one !== each))} /><Said>{words}</Said></label>
      ))}
      {field === undefined ? null : <span id={id} role="alert" class="field-error">{wrong === null ? '' : <Refused>{wrong}</Refused>}</span>}
    </fieldset>
  );
}
