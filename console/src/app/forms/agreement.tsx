/** A text to offer: what differs from the one it amends is shown while it is written. */

import {useEffect, useState} from 'preact/hooks';
import type {JSX} from 'preact';
import {ask} from '../api';
import {diffLines} from '../diff';
import {draftOf} from '../drafts';
import {t} from '../i18n';
import {Diff} from '../lists/agreements';
import {agreements} from '../store';
import {Code, Said, short, Time} from '../text';
import {select} from '../view';
import {ChangedMeanwhile} from './changed';
import {Field, Form} from './fields';

interface AgreementDraft {
  text: string;
  /** Texts that amended the same one when this draft was begun. */
  seen: string[];
}

export function AgreementForm({about}: {about?: string}): JSX.Element {
  const rivals = (agreements.value?.agreements ?? []).filter((each) => about !== undefined && each.amends === about);
  const draft = draftOf<AgreementDraft>(`agreement ${about ?? ''}`, {text: '', seen: rivals.map((each) => each.digest)});
  const [base, setBase] = useState<string | null>(null);
  const now = draft.value.value;
  useEffect(() => {
    if (about === undefined) return;
    void ask('GET /v1/agreements/{digest}', {path: {digest: about}}).then((found) => {
      setBase(found.text ?? '');
      draft.begin((before) => (before.text === '' ? {text: found.text ?? ''} : null));
    }, () => undefined);
  }, [about]);
  const unseen = rivals.filter((each) => !now.seen.includes(each.digest));
  const by = agreements.value?.history.find((each) => each.agreement === unseen[0]?.digest);
  const submit = async (): Promise<string> => {
    const told = await ask('POST /v1/agreements', {body: {text: now.text}});
    await agreements.refresh();
    queueMicrotask(() => select({kind: 'agreement', id: told.digest}));
    return t('agreement-offered');
  };
  return (
    <Form title={t('do-agreement')} draft={draft} submit={submit} action={t('offer')} disabled={unseen.length > 0}>
      <ChangedMeanwhile changed={unseen.length > 0} who={<><Said>{by?.party ?? ''}</Said> <Said>{by?.operator ?? ''}</Said> <Time at={by?.made_at} /> <Code>{short(unseen[0]?.digest ?? '')}</Code></>}
        onTheirs={() => { void draft.discard(); select({kind: 'agreement', id: unseen[0]!.digest}); }} onMine={() => draft.set({seen: rivals.map((each) => each.digest)})} />
      <p class="hint">{t('agreement-words')}</p>
      <Field name="text" label={t('text')} kind="area" value={now.text} onInput={(text) => draft.set({text})} />
      {base !== null && now.text !== '' ? <><h3>{t('diff')}</h3><Diff lines={diffLines(base, now.text)} /></> : null}
    </Form>
  );
}
