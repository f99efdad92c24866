/** Meetings and working groups, in lists. */

import type {JSX} from 'preact';
import {t} from '../i18n';
import {Parties} from '../parties';
import {groups, meetings} from '../store';
import {Chip, Said, Time} from '../text';
import {openForm} from '../view';
import {Rows, type Row} from './rows';

export function Together(): JSX.Element {
  const meetingRows = (meetings.value ?? []).map((each): Row => {
    const now = each.proposals.find((one) => one.digest === each.current) ?? each.proposals.at(-1);
    return {
      ref: {kind: 'meeting', id: each.meeting},
      look: each.answer_owed ? 'owed' : '',
      words: [now?.title ?? '', each.state, ...each.parties].join(' '),
      body: <>
        <span class="line"><b><Said>{now?.title ?? each.meeting}</Said></b> <Chip kind="meeting" value={each.state} />{each.in_call ? <Chip kind="meeting" value="in-call" /> : null}</span>
        <span class="line"><Time at={now?.start} /> <small><Parties of={each.parties} /></small>{each.answer_owed ? <b class="bad-words"> {t('answer-owed')}</b> : null}</span>
      </>,
    };
  });
  const groupRows = (groups.value ?? []).map((each): Row => ({
    ref: {kind: 'group', id: each.group},
    look: each.contested || each.undecided.length ? 'owed' : '',
    words: [each.name ?? '', ...each.members].join(' '),
    body: <>
      <span class="line"><b><Said>{each.name ?? each.group}</Said></b> <Chip kind="group" value={each.standing} />{each.contested ? <Chip kind="group" value="contested" /> : null}</span>
      <span class="line"><small><Said>{each.members.join(', ')}</Said>{each.overdue_tasks ? <b class="bad-words"> {t('overdue-tasks', {n: each.overdue_tasks})}</b> : null}</small></span>
    </>,
  }));
  return <>
    <h2>{t('meetings')} <button onClick={() => openForm('meeting')}>{t('new')}</button></h2>
    <Rows label={t('meetings')} of={meetings} rows={meetingRows} none={t('none-known')} />
    <h2>{t('groups')} <button onClick={() => openForm('group')}>{t('new')}</button></h2>
    <Rows label={t('groups')} of={groups} rows={groupRows} none={t('none-known')} />
  </>;
}
