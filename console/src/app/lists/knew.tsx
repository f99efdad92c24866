/** Who knew of a thing, and when, and what each statement rests on. Unknown is not «did not know». */

import {useEffect, useState} from 'preact/hooks';
import type {JSX} from 'preact';
import type {KnownTold} from '../api_types';
import {Original, Refused, Word} from '../original';
import {ask} from '../api';
import {useAsked} from '../asked';
import {t, word} from '../i18n';
import {Party} from '../parties';
import {saveAs} from '../save';
import {Code, Said, short, Time} from '../text';
import type {Kind} from '../view';

/** Kinds of which it can be asked. */
export const KNOWN_OF: Kind[] = ['alert', 'item', 'matter', 'intent', 'notice', 'site'];

const SVG = {type: 'image/svg+xml'};

/** A picture of the node, shown as a picture and never as markup of this page. */
export function Picture({svg, alt, name}: {svg: string; alt: string; name: string}): JSX.Element {
  const [address, setAddress] = useState('');
  useEffect(() => {
    const made = URL.createObjectURL(new Blob([svg], SVG));
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [svg]);
  return <figure>{address === '' ? null : <img src={address} alt={alt} />}<button onClick={() => saveAs(new Blob([svg], SVG), name)}>{t('save-picture')}</button></figure>;
}

function When({each}: {each: KnownTold}): JSX.Element {
  if (!each.known) return <b class="doubt-words">{t('unknown')}</b>;
  if (each.at !== null) return <Time at={each.at} />;
  return <>{each.not_before === null ? null : <>{t('not-before')} <Time at={each.not_before} /><br /></>}{t('not-after')} <Time at={each.not_after} /></>;
}

export function Knew({id}: {id: string}): JSX.Element {
  const {told, wrong, again} = useAsked(id, () => ask('GET /v1/history/knew', {query: {subject: id}}));
  const [figure, setFigure] = useState<{svg: string; words: string} | null>(null);
  const [lacks, setLacks] = useState('');
  const draw = (): void => {
    setLacks('');
    ask('GET /v1/history/knew/figure', {query: {subject: id}}).then(setFigure, (error: Error) => setLacks(error.message));
  };
  return (
    <article>
      <h2>{t('who-knew')}</h2>
      <p><Code>{id}</Code></p>
      {wrong === null ? null : <p role="alert" class="bad-words"><Refused>{wrong}</Refused></p>}
      {told === null ? <p>{t('unknown')}</p> : <>
        {told.statements.length === 0 ? <p class="warning">{t('nobody-names-it')}</p> : <p>{t('knew-count', {records: told.records, n: told.statements.length, unknown: told.statements.filter((each) => !each.known).length})}</p>}
        {told.contradictions.map((each) => <p key={each} class="warning"><b>{t('contradiction')}</b> <Original>{each}</Original></p>)}
        <div class="wide" tabIndex={0} role="region" aria-label={t('who-knew')}>
          <table class="knew">
            <thead><tr><th scope="col">{t('when')}</th><th scope="col">{t('who')}</th><th scope="col">{t('what')}</th><th scope="col">{t('rests-on')}</th></tr></thead>
            <tbody>{told.statements.map((each, index) => (
              <tr key={index} class={each.known ? undefined : 'not-known'}>
                <td><When each={each} /></td>
                <td><Party of={each.party} />{each.person === null ? null : <>, <Said>{each.person}</Said></>}{each.echelon === null ? null : <>, <Said>{each.echelon}</Said></>}</td>
                <td>{word('act', each.act)} <Word kind="recordkind" value={each.kind} /> <Code>{short(each.record)}</Code> <Said>{each.precision}</Said></td>
                <td>{each.known ? <b>{word('basis', each.basis)}: </b> : null}<Original>{each.words}</Original></td>
              </tr>
            ))}</tbody>
          </table>
        </div>
        <div class="actions">
          <button data-action="draw" onClick={draw}>{t('as-picture')}</button>
          <button onClick={() => void again()}>{t('ask-again')}</button>
        </div>
        <p role="alert" class="field-error">{lacks === '' ? '' : <Refused>{lacks}</Refused>}</p>
        {figure === null ? null : <Picture svg={figure.svg} alt={`${t('who-knew')}: ${figure.words}`} name={`comity-knew-${short(id).replace(/[^\w.-]/g, '_')}.svg`} />}
        <p class="hint">{t('unknown-is-not')}</p>
      </>}
    </article>
  );
}
