/** Show once more who you are, before something is signed: by what this person has. */

import {useState} from 'preact/hooks';
import type {JSX} from 'preact';
import {Refused} from '../original';
import {t} from '../i18n';
import {stepUp, stepUpByCode, stepUpByPasskey, who} from '../session';
import {Said} from '../text';
import {Dialog} from './dialog';

export function StepUp(): JSX.Element {
  const [wrong, setWrong] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const has = who.value?.step_up ?? [];
  const passkey = has.length === 0 || has.includes('passkey');
  const code = has.length === 0 || has.includes('code');
  const go = (work: () => Promise<void>): void => {
    setWrong(null);
    setBusy(true);
    work().then(() => stepUp.value?.done(true), (error: Error) => {
      // what a browser says of a passkey names nothing a person could mend
      setWrong(error instanceof DOMException ? t('no-passkey-shown') : error.message);
      setBusy(false);
    });
  };
  const submit = (event: Event): void => {
    event.preventDefault();
    if (!code) return go(stepUpByPasskey);
    const given = String(new FormData(event.currentTarget as HTMLFormElement).get('code'));
    go(() => stepUpByCode(given.trim()));
  };
  return (
    <Dialog label={t('step-up')} className="sign-in" onClose={() => stepUp.value?.done(false)}>
      <form onSubmit={submit}>
        <h1>{t('step-up')}</h1>
        <p>{t('step-up-words')}</p>
        {passkey ? <p><button type="button" class={code ? '' : 'primary'} data-action="passkey" autofocus={!code} disabled={busy} aria-describedby="step-up-wrong" onClick={() => go(stepUpByPasskey)}>{t('by-passkey')}</button></p> : null}
        {code ? <label>{t('code')}<input name="code" inputMode="numeric" autocomplete="one-time-code" dir="ltr" autofocus aria-describedby="step-up-wrong" /></label> : null}
        <p id="step-up-wrong" role="alert" class="field-error">{wrong === null ? '' : <Refused>{wrong}</Refused>}</p>
        <div class="actions">
          {code ? <button class="primary" disabled={busy}>{t('confirm')}</button> : null}
          <button type="button" onClick={() => stepUp.value?.done(false)}>{t('close')}</button>
        </div>
      </form>
    </Dialog>
  );
}
