/** Two officers on one thing: the second sees what the first did, before anything is overwritten. */

import type {ComponentChildren, JSX} from 'preact';
import {t} from '../i18n';

interface Properties {
  /** Whether another version stands than the one that was opened. */
  changed: boolean;
  who: ComponentChildren;
  /** What differs now. */
  children?: ComponentChildren;
  onTheirs: () => void;
  onMine: () => void;
}

export function ChangedMeanwhile({changed, who, children, onTheirs, onMine}: Properties): JSX.Element | null {
  if (!changed) return null;
  return (
    <div class="changed" role="alert">
      <p><strong>{t('changed-meanwhile')}</strong> {who}</p>
      {children}
      <div class="actions">
        <button type="button" onClick={onTheirs}>{t('take-theirs')}</button>
        <button type="button" onClick={onMine}>{t('keep-mine')}</button>
      </div>
    </div>
  );
}
