/** The whole screen: what is always seen, the lists, the map, and what is open. */

import type {JSX} from 'preact';
import {effect} from '@preact/signals';
import {exercise, theme} from '../preferences';
import {standing} from '../alarms';
import {calls} from '../attention';
import {PANE_KEYS} from '../commands';
import {nodeNow} from '../clock';
import {unsent} from '../drafts';
import {has, t} from '../i18n';
import {AgreementForm} from '../forms/agreement';
import {ClaimForm} from '../forms/claim';
import {EvidenceForm} from '../forms/evidence';
import {GroupForm} from '../forms/group';
import {GroupDocumentForm, GroupInviteForm, GroupTaskForm} from '../forms/group_work';
import {IncidentForm} from '../forms/incident';
import {IncidentTaskForm} from '../forms/incident_task';
import {AttendanceForm, CalendarForm, CounterForm, MinutesForm} from '../forms/minutes';
import {ObservationForm} from '../forms/observation';
import {ObservationCheckForm, ObservationConsentForm, ObservationPolicyForm} from '../forms/observation_terms';
import {KeyForm} from '../forms/key';
import {MeetingForm} from '../forms/meeting';
import {MessageForm, StopForm} from '../forms/message';
import {NoticeForm} from '../forms/notice';
import {PlanForm} from '../forms/plan';
import {SiteForm} from '../forms/site';
import {WatchForm} from '../forms/watch';
import {AgreementDetail, AgreementList} from '../lists/agreements';
import {AlarmList} from '../lists/alarms';
import {AlertDetail, AlertList} from '../lists/alerts';
import {TrackNow} from '../lists/track';
import {Health} from '../lists/health';
import {ClaimDetail, IncidentDetail, IncidentList, ToldIncidentDetail} from '../lists/incidents';
import {Knew, KNOWN_OF} from '../lists/knew';
import {ItemDetail, MatterDetail, MatterList, MessageList, owed} from '../lists/messages';
import {NoticeDetail, NoticeList} from '../lists/notices';
import {PlanDetail, PlanList} from '../lists/plans';
import {Replay} from '../lists/replay';
import {filter} from '../lists/rows';
import {approvable, ApprovalDetail, ApprovalList} from '../lists/approvals';
import {GroupDetail} from '../lists/groups';
import {MeetingDetail} from '../lists/meetings';
import {ObservationDetail, ObservationList} from '../lists/observations';
import {isWaiting} from '../lists/erasures';
import {SiteDetail, SiteList} from '../lists/sites';
import {Together} from '../lists/together';
import {UnreadBanner} from '../lists/unread';
import {resumeReplay} from '../past';
import {session, stepUp} from '../session';
import type {Answers} from '../api_types';
import {
  agreements, air, alerts, erasures, incidents, intents, items, line, meetings, nodeIsAway, notices, proposals, sites, status, type Resource,
} from '../store';
import {AsOf, Code, Said, Time} from '../text';
import {closeTop, form, help, mapOpen, onMap, openForm, openMap, palette, pane, PANES, phone, said, select, selected, showOnMap, type FormName, type Kind, type Pane} from '../view';
import {Boundary} from './boundary';
import {MapPane} from './map_pane';
import {Help, Palette} from './palette';
import {screenFault} from './screen_fault';
import {SignIn} from './sign_in';
import {StepUp} from './step_up';
import {Banners, TopBar} from './top_bar';
import {Demonstration, Tour} from './tour';

const LISTS: Record<Pane, () => JSX.Element> = {
  alerts: AlertList, messages: MessageList, plans: PlanList, notices: NoticeList, matters: MatterList, health: Health, sites: SiteList,
  together: Together, agreements: AgreementList,
  approvals: ApprovalList, observations: ObservationList, incidents: IncidentList, replay: Replay, alarms: AlarmList,
};

const FORMS: Record<FormName, (properties: {about?: string}) => JSX.Element> = {
  message: MessageForm, stop: StopForm, plan: PlanForm, notice: NoticeForm, site: SiteForm, agreement: AgreementForm, group: GroupForm,
  meeting: MeetingForm, watch: WatchForm, incident: IncidentForm, claim: ClaimForm,
  'group-invite': GroupInviteForm, 'group-document': GroupDocumentForm, 'group-task': GroupTaskForm,
  minutes: MinutesForm, attendance: AttendanceForm, counter: CounterForm, calendar: CalendarForm,
  observation: ObservationForm, 'observation-check': ObservationCheckForm, 'observation-policy': ObservationPolicyForm,
  'observation-consent': ObservationConsentForm, evidence: EvidenceForm, key: KeyForm, 'incident-task': IncidentTaskForm,
};

/** How many wait for somebody in a list. */
function waiting(which: Pane): number {
  const mine = status.value?.party;
  if (which === 'alerts') return alerts.value.filter((each) => each.phase === 'raised').length;
  if (which === 'messages') return (items.value?.items ?? []).filter((each) => owed(each, mine)).length;
  if (which === 'alarms') return standing.value.length;
  if (which === 'sites') return (erasures.value ?? []).filter(isWaiting).length;
  if (which === 'approvals') return approvable.value;
  return 0;
}

function Lists(): JSX.Element {
  const List = LISTS[pane.value];
  return (
    <main class="lists" id="list">
      <div class="rail">
        <nav aria-label={t('lists')}>
          {PANES.map((each) => (
            <button key={each} aria-current={pane.value === each ? 'page' : undefined} onClick={() => { pane.value = each; }}>
              <span>{t(`pane-${each}`)}{waiting(each) ? <b class="count"> {waiting(each)}</b> : null}</span> <kbd dir="ltr" aria-hidden="true">{PANE_KEYS[each]}</kbd>
            </button>
          ))}
        </nav>
        <div class="make">
          <button class="to-map" onClick={openMap}>{t('map')}</button>
          <button onClick={() => openForm('message')}>{t('do-message')}</button>
          <button class="stop" onClick={() => openForm('stop')}>{t('do-stop')}</button>
          <button onClick={() => openForm('plan')}>{t('do-plan')}</button>
          <button onClick={() => openForm('notice')}>{t('do-notice')}</button>
          <button onClick={() => openForm('site')}>{t('do-site')}</button>
          <button onClick={() => openForm('observation')}>{t('do-observation')}</button>
        </div>
      </div>
      <div class="listed">
        <label class="filter"><span class="hidden">{t('do-filter')}</span><input id="filter" type="search" placeholder={t('do-filter')} value={filter.value} onInput={(event) => { filter.value = event.currentTarget.value; }} /></label>
        <Boundary key={pane.value} name={t(`pane-${pane.value}`)}><List /></Boundary>
        {unsent.value.length ? <p class="drafts">{t('drafts', {n: unsent.value.length})}: {unsent.value.slice(0, 8).map((each) => <Unsent key={each} id={each} />)}</p> : null}
      </div>
    </main>
  );
}

function Unsent({id}: {id: string}): JSX.Element {
  const [book, rest] = id.startsWith('exercise ') ? ['exercise', id.slice(9)] : ['', id];
  const cut = rest.indexOf(' ');
  const name = cut < 0 ? rest : rest.slice(0, cut);
  const about = cut < 0 ? '' : rest.slice(cut + 1);
  const open = (): void => {
    exercise.value = book !== '';
    if (name === 'post') select({kind: 'group', id: about.split(' ')[0]!}); // written in the group's own page
    else if (name in FORMS) openForm(name as FormName, about || undefined);
  };
  return <button class="small" onClick={open}>{has(`do-${name}`) ? t(`do-${name}`) : <Code>{name}</Code>}{about ? <> <Code>{about.slice(0, 40)}</Code></> : null}</button>;
}

function Open(): JSX.Element | null {
  const now = form.value;
  const ref = selected.value;
  if (now === null && ref === null) return null;
  const told = ref === null ? undefined : TOLD_BY[ref.kind];
  const stale = nodeIsAway.value || (now === null && told !== undefined && told.standing.value !== 'live');
  const Shown = now === null ? null : FORMS[now.name];
  return (
    <section class={`open${stale && now === null ? ' stale' : ''}`} role={phone.value && !mapOpen.value ? 'main' : 'complementary'} aria-label={t('open')}>
      <button class="close" onClick={closeTop}>{t('close')} <kbd dir="ltr">Esc</kbd></button>
      {now !== null || onMap.value ? <button class="to-map" onClick={showOnMap}>{t('map')}</button> : null}
      <Boundary key={now !== null ? `${now.name} ${now.about ?? ''}` : `${ref!.kind} ${ref!.id}`} name={now !== null ? t(`do-${now.name}`) : t('open')}>
      {Shown !== null ? <Shown key={`${now!.name} ${now!.about ?? ''}`} about={now!.about} /> : ref !== null ? <>{told === undefined ? null : <AsOf of={told} />}{KNOWN_OF.includes(ref.kind) ? <button class="small" onClick={() => select({kind: 'knew', id: ref.id})}>{t('who-knew')}</button> : null}{ref.kind === 'alert' ? <Around id={ref.id} /> : null}<Detail key={`${ref.kind} ${ref.id}`} /></> : null}
      </Boundary>
    </section>
  );
}

const AROUND_MS = 300_000; // of an alert, to see what led to it and what came of it

/** The minutes about an alert, replayed from when it was raised. */
function Around({id}: {id: string}): JSX.Element | null {
  const at = Date.parse(alerts.value.find((each) => each.alert === id)?.raised_at ?? '');
  if (Number.isNaN(at)) return null;
  return <button class="small" data-action="replay-around" onClick={() => {
    pane.value = 'replay';
    resumeReplay(at - AROUND_MS, Math.max(Math.min(at + AROUND_MS, Math.floor(nodeNow() / 1_000) * 1_000), at), at, 'then');
  }}>{t('past-around')}</button>;
}

const TOLD_BY: Partial<Record<Kind, Resource<keyof Answers>>> = {
  alert: air, item: items, matter: line, intent: intents, notice: notices, site: sites, meeting: meetings, agreement: agreements,
  incident: incidents, 'told-incident': incidents, claim: incidents,
  proposal: proposals, // a group and an observation are asked for by themselves, and tell their own age
} as Partial<Record<Kind, Resource<keyof Answers>>>;

function Detail(): JSX.Element {
  const {kind, id} = selected.value ?? {kind: 'area', id: ''};
  switch (kind) {
    case 'alert': return <AlertDetail id={id} />;
    case 'item': return <ItemDetail id={id} />;
    case 'matter': return <MatterDetail id={id} />;
    case 'intent': return <PlanDetail id={id} />;
    case 'notice': return <NoticeDetail id={id} />;
    case 'site': return <SiteDetail id={id} />;
    case 'meeting': return <MeetingDetail id={id} />;
    case 'group': return <GroupDetail id={id} />;
    case 'incident': return <IncidentDetail id={id} />;
    case 'told-incident': return <ToldIncidentDetail id={id} />;
    case 'claim': return <ClaimDetail id={id} />;
    case 'knew': return <Knew id={id} />;
    case 'agreement': return <AgreementDetail id={id} />;
    case 'track': return <TrackNow id={id} titled />;
    case 'proposal': return <ApprovalDetail id={id} />;
    case 'observation': return <ObservationDetail id={id} />;
    default: return <p>{t(`kind-${kind}`)} <Code>{id}</Code></p>;
  }
}

/** What stands outside of the page's body: its colours and its title. */
export function startPage(): void {
  effect(() => {
    document.documentElement.dataset['theme'] = theme.value;
    document.documentElement.dataset['exercise'] = String(exercise.value);
    document.title = `${calls.value.length ? `(${calls.value.length}) ` : ''}${exercise.value ? `${t('exercise')} · ` : ''}${status.value?.name ?? ''} Comity`.trim();
  });
}

export function App(): JSX.Element {
  const out = session.value.state !== 'in' && !nodeIsAway.value;
  const open = form.value !== null || selected.value !== null;
  return (
    <div class={`screen${open ? ' has-open' : ''}${mapOpen.value ? ' map-open' : ''}`}>
      <Boundary name={t('health')}><TopBar /></Boundary>
      <Boundary name={t('banners')}><Banners /></Boundary>
      <UnreadBanner />
      {screenFault.value === null ? null : <p class="unread loud" role="alert"><strong>{t('screen-fault')}</strong> <Said>{screenFault.value}</Said></p>}
      <Boundary name={t('tour-start')}><Demonstration /></Boundary>
      <div class="panes">
        <Boundary name={t('lists')}><Lists /></Boundary>
        <Boundary name={t('map')}><MapPane /></Boundary>
        <Open />
      </div>
      <Boundary name={t('tour-start')}><Tour /></Boundary>
      <p class="said" role="status" aria-live="polite">{said.value === null ? null : <><Time at={said.value.at} /> <Said>{said.value.words}</Said></>}</p>
      {palette.value ? <Palette /> : null}
      {help.value ? <Help /> : null}
      {stepUp.value !== null ? <StepUp /> : null}
      {out ? <SignIn /> : null}
    </div>
  );
}
