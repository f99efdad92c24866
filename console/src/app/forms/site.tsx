/** A protected site that this party speaks for. */

import type {JSX} from 'preact';
import type {SiteAsked} from '../api_types';
import {ask} from '../api';
import {draftOf} from '../drafts';
import {t, word} from '../i18n';
import {exercise, language} from '../preferences';
import {sites, status} from '../store';
import {Field, Form} from './fields';
import {PlaceField, readPlace} from './place';

export const SITE_KINDS = [
  'hospital', 'clinic', 'school', 'place-of-worship', 'shelter', 'displacement-camp', 'water', 'food-distribution', 'power-for-civilians',
  'dangerous-forces', 'cultural-heritage', 'aid-office', 'orphanage', 'cemetery', 'other',
] as const;
const ORIGINS = ['owner', 'visit', 'imagery', 'register', 'report'] as const;

interface SiteDraft {
  kind: string;
  name: string;
  nameLanguage: string;
  position: string;
  radius: string;
  accuracy: string;
  owner: string;
  originName: string;
  originKind: string;
  contact: string;
  contactUntil: string;
  renewBy: string;
}

const empty = (): SiteDraft => ({
  kind: 'hospital', name: '', nameLanguage: language.peek(), position: '', radius: '100', accuracy: '', owner: '', originName: '', originKind: 'visit',
  contact: '', contactUntil: '', renewBy: '',
});

export function SiteForm(): JSX.Element {
  const draft = draftOf<SiteDraft>('site', empty());
  const now = draft.value.value;
  const set = (part: Partial<SiteDraft>): void => draft.set(part);
  const submit = async (): Promise<string> => {
    const told = await readPlace(now.position, 'sites[0].place');
    const site: SiteAsked = {
      kind: now.kind,
      names: [{text: now.name, language: now.nameLanguage}],
      place: {
        latitude_deg: [told.latitude_deg], longitude_deg: [told.longitude_deg], kind: 'path', radius_m: Number(now.radius),
        accuracy_m: now.accuracy.trim() ? Number(now.accuracy) : null, datum: told.assumed.length === 0 ? 'WGS84' : 'unstated',
      },
      owner: now.owner, origin: {name: now.originName, kind: now.originKind as 'visit'},
      contact: now.contact.trim() ? {words: now.contact, until: now.contactUntil.trim()} : null,
      renew_by: now.renewBy.trim() || null,
    };
    await ask('POST /v1/sites', {query: {exercise: exercise.value}, body: {sites: [site]}});
    await sites.refresh();
    return t('site-entered');
  };
  return (
    <Form title={t('do-site')} draft={draft} submit={submit} action={t('enter')}>
      <p class="hint">{t('site-words')} {status.value?.name ?? ''}</p>
      <Field name="sites[0].kind" label={t('kind')} kind="select" options={SITE_KINDS.map((each): [string, string] => [each, word('sitekind', each)])} value={now.kind} onInput={(kind) => set({kind})} />
      <Field name="sites[0].names" label={t('name')} value={now.name} onInput={(name) => set({name})} lang={now.nameLanguage} />
      <Field name="sites[0].names[0].language" label={t('language-of-text')} kind="code" value={now.nameLanguage} onInput={(nameLanguage) => set({nameLanguage})} />
      <PlaceField name="sites[0].place" label={t('position')} value={now.position} onInput={(position) => set({position})} />
      <Field name="sites[0].place.radius_m" label={t('radius-m')} kind="number" value={now.radius} onInput={(radius) => set({radius})} />
      <Field name="sites[0].place.accuracy_m" label={t('accuracy-m')} kind="number" value={now.accuracy} onInput={(accuracy) => set({accuracy})} hint={t('may-be-empty')} />
      <Field name="sites[0].owner" label={t('owner')} value={now.owner} onInput={(owner) => set({owner})} />
      <Field name="sites[0].origin.kind" label={t('origin-kind')} kind="select" options={ORIGINS.map((each): [string, string] => [each, word('origin', each)])} value={now.originKind} onInput={(originKind) => set({originKind})} />
      <Field name="sites[0].origin" label={t('origin')} value={now.originName} onInput={(originName) => set({originName})} />
      <Field name="sites[0].contact" label={t('contact')} value={now.contact} onInput={(contact) => set({contact})} hint={t('may-be-empty')} />
      <Field name="sites[0].contact.until" label={t('until')} kind="code" value={now.contactUntil} onInput={(contactUntil) => set({contactUntil})} hint={t('time-hint')} />
      <Field name="sites[0].renew_by" label={t('renew-by')} kind="code" value={now.renewBy} onInput={(renewBy) => set({renewBy})} hint={t('time-hint')} />
    </Form>
  );
}
