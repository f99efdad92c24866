/** Who is at the console. What is being written stays where it is. */

import {useState} from 'preact/hooks';
import type {JSX} from 'preact';
import {Refused} from '../original';
import {t} from '../i18n';
import {language, LANGUAGES, type Language} from '../preferences';
import {NAMES} from '../i18n';
import {LOGIN, loginPage, logout, resume, session, signIn} from '../session';
import {Dialog} from './dialog';
import {Said} from '../text';

export function SignIn(): JSX.Element {
  const [wrong, setWrong] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const expired = session.value.state === 'expired';
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const filled = new FormData(event.currentTarget as HTMLFormElement);
    setBusy(true);
    try {
      await signIn(String(filled.get('operator')).trim(), String(filled.get('token')).trim());
    } catch (error) {
      setWrong((error as Error).message);
      setBusy(false);
    }
  };
  return (
    <Dialog label={t('sign-in')} className="sign-in">
      <form onSubmit={(event) => void submit(event as unknown as SubmitEvent)}>
        <h1>{t('sign-in')}</h1>
        {expired ? <p class="warning" role="alert">{t('session-expired')}</p> : null}
        {logout.value === 'none' ? null : <p class={logout.value === 'unknown' ? 'warning' : 'hint'} role={logout.value === 'unknown' ? 'alert' : 'status'}>{t(logout.value === 'unknown' ? 'log-out-unknown' : 'logged-out')}</p>}
        {loginPage.value ? <p><a class="button" href={`${LOGIN}#next=${encodeURIComponent(`/console/${location.hash}`)}`} target={expired ? '_blank' : undefined} rel="noopener">{t('to-login-page')}</a> {expired ? <button type="button" onClick={() => void resume()}>{t('logged-in')}</button> : null}</p> : null}
        <label>{t('operator')}<input name="operator" autocomplete="username" required dir="ltr" defaultValue={session.value.operator} /></label>
        <label>{t('token')}<input name="token" type="password" autocomplete="off" required dir="ltr" aria-describedby="wrong" /></label>
        <p id="wrong" role="alert" class="field-error">{wrong === null ? '' : <Refused>{wrong}</Refused>}</p>
        <button class="primary" disabled={busy}>{t('sign-in')}</button>
        <label>{t('language')}
          <select value={language.value} onChange={(event) => { language.value = event.currentTarget.value as Language; }}>
            {LANGUAGES.map((each) => <option key={each} value={each} lang={each}>{NAMES[each]}</option>)}
          </select>
        </label>
      </form>
    </Dialog>
  );
}
