/** Change of the node's key: the root's statement is made offline, proposed here, and approved by another person. */

import type {JSX} from 'preact';
import {useState} from 'preact/hooks';
import type {AnnounceKey} from '../api_types';
import {ask} from '../api';
import {useAsked} from '../asked';
import {draftOf} from '../drafts';
import {t} from '../i18n';
import {Refused} from '../original';
import {Code, Facts, Said, Time} from '../text';
import {Field, Form, refusal} from './fields';
import {PickFile} from './file_drop';

const STATEMENT_BYTES_MAX = 64 * 1024;

export function KeyForm(): JSX.Element {
  const keys = useAsked('keys', () => ask('GET /v1/keys'));
  const draft = draftOf<{text: string}>('key', {text: ''});
  const [wrong, setWrong] = useState('');
  const now = draft.value.value;
  const take = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return;
    if (file.size > STATEMENT_BYTES_MAX) return setWrong(t('key-too-large', {size: file.size, most: STATEMENT_BYTES_MAX}));
    setWrong('');
    draft.set({text: await file.text()});
  };
  const submit = async (): Promise<string> => {
    let body: AnnounceKey;
    try {
      body = JSON.parse(now.text) as AnnounceKey;
    } catch {
      throw refusal('statement', t('key-not-json'));
    }
    if (typeof body !== 'object' || body === null || typeof body.statement !== 'object') throw refusal('statement', t('key-not-json'));
    await ask('POST /v1/keys', {body});
    await keys.again();
    return t('key-told');
  };
  return (
    <Form title={t('do-key')} draft={draft} submit={submit} action={t('key-propose')}>
      <p class="hint">{t('key-words')}</p>
      <h3>{t('key-now')}</h3>
      {keys.told === null ? <p>{keys.wrong === null ? t('unknown') : <Refused>{keys.wrong}</Refused>}</p> : <ul>{keys.told.keys.slice(-3).reverse().map((each) => (
        <li key={each.key} class="card"><Facts rows={[
          [t('id'), <Code>{each.key}</Code>], [t('starts'), <Time at={each.not_before} />], [t('ends'), <Time at={each.not_after} />],
          [t('key-pending'), each.pending.length ? <Said>{each.pending.join(', ')}</Said> : t('nobody')],
        ]} /></li>
      ))}</ul>}
      <div class="drop" onDragOver={(event) => event.preventDefault()} onDrop={(event) => { event.preventDefault(); void take(event.dataTransfer?.files[0]); }}>
        <PickFile label={t('key-file')} accept="application/json,.json" onPick={(files) => void take(files?.[0])} />
        <p class="hint">{t('key-file-hint')} <Code>comity key prepare --root-key /media/safe/root.key -o key-change.json</Code></p>
        <p role="alert" class="field-error">{wrong ? <Said>{wrong}</Said> : ''}</p>
      </div>
      <Field name="statement" label={t('key-statement')} kind="area" value={now.text} onInput={(text) => draft.set({text})} />
    </Form>
  );
}
