/** A read-back: the node compares while it is typed, and nothing is on record before it is given. */

import {useState} from 'preact/hooks';
import type {JSX} from 'preact';
import type {ItemTold, ReadBackCompared} from '../api_types';
import {ask} from '../api';
import {draftOf} from '../drafts';
import {Original} from '../original';
import {t, word} from '../i18n';
import {exercise} from '../preferences';
import {Chip, short} from '../text';
import {Form} from './fields';
import {NOTHING_STATED, particularsOf, ParticularsFields, type Stated} from './particulars';
import {useAfter} from './place';

export function ReadBack({item, done}: {item: ItemTold; done: () => Promise<unknown>}): JSX.Element {
  const draft = draftOf<Stated>(`read-back ${item.digest}`, NOTHING_STATED);
  const [open, setOpen] = useState(draft.restored.peek());
  const [compared, setCompared] = useState<ReadBackCompared | null>(null);
  const stated = draft.value.value;
  const only = (['position', 'height', 'time', 'number'] as const).filter((each) => item.particulars[each] !== null);
  const path = {digest: item.digest};
  const query = {exercise: exercise.value};
  useAfter(JSON.stringify(stated), (_, signal) => {
    particularsOf(stated)
      .then((particulars) => (particulars === null ? null : ask('POST /v1/line/items/{digest}/read-back/compare', {path, query, body: {particulars}, signal})))
      .then(setCompared, () => setCompared(null)); // not readable yet: nothing to compare
  });
  const submit = async (): Promise<string> => {
    const particulars = (await particularsOf(stated)) ?? {};
    const told = await ask('POST /v1/line/items/{digest}/read-back', {path, query, body: {particulars}});
    await done();
    const mine = told.item.answers.flatMap((each) => each.read_backs).find((each) => each.by.digest === told.digest);
    return t(mine?.matched ? 'read-back-match' : 'read-back-mismatch');
  };
  if (!open && !draft.restored.value) {
    return <button data-action="read-back" onClick={() => setOpen(true)}>{t('read-back')} <kbd>r</kbd></button>;
  }
  return (
    <Form title={`${t('read-back')} ${short(item.digest)}`} draft={draft} submit={submit} action={t('give-read-back')} stays>
      <ParticularsFields stated={stated} set={draft.set} only={[...only]} />
      <div role="status" class="compared">
        {compared === null ? <p>{t('nothing-compared')}</p> : <>
          <p class={compared.matched ? 'good-words' : 'bad-words'}>{t(compared.matched ? 'would-match' : 'would-not-match')}</p>
          <ul>{compared.fields.map((each) => <li key={each.name}>{word('particular', each.name)}: <Chip kind="read-back" value={each.outcome} /> <Original>{each.why}</Original></li>)}</ul>
        </>}
      </div>
      <p class="hint">{t('read-back-own-words')}</p>
    </Form>
  );
}
