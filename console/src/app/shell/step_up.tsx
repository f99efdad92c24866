/** Show once more who you are, before something is signed. */

import {useState} from 'preact/hooks';
import type {JSX} from 'preact';
import {t} from '../i18n';
import {stepUp, stepUpByCode, stepUpByPasskey} from '../session';
import {Said} from '../text';
import {Dialog} from './dialog';

export function StepUp(): JSX.Element {
  const [wrong, setWrong] = useState<string | null>(null);
  const go = (work: () => Promise<void>): void => {
    setWrong(null);
    work().then(() => stepUp.value?.done(true), (error: Error) => setWrong(error.message));
  };
  const submit = (event: Event): void => {
    event.preventDefault();
    const code = String(new FormData(event.currentTarget as HTMLFormElement).get('code'));
    go(() => stepUpByCode(code.trim()));
  };
  return (
    <Dialog label={t('step-up')} className="sign-in" onClose={() => stepUp.value?.done(false)}>
      <form onSubmit={submit}>
        <h1>{t('step-up')}</h1>
        <p>{t('step-up-words')}</p>
        <label>{t('code')}<input name="code" inputMode="numeric" autocomplete="one-time-code" dir="ltr" autofocus aria-describedby="step-up-wrong" /></label>
        <p id="step-up-wrong" role="alert" class="field-error">{wrong === null ? '' : <Said>{wrong}</Said>}</p>
        <div class="actions">
          <button class="primary">{t('confirm')}</button>
          <button type="button" onClick={() => go(stepUpByPasskey)}>{t('by-passkey')}</button>
          <button type="button" onClick={() => stepUp.value?.done(false)}>{t('close')}</button>
        </div>
      </form>
    </Dialog>
  );
}
