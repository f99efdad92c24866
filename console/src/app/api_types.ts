// Written by tools/console_types.py from the API's own description; do not edit.

export interface AcceptWatch {
  handover: string;
  reach?: string;
}

export interface AccountTold {
  feed: string;
  identity: string;
  words: string;
  starts: string;
  ends: string;
  longitude_latitude_deg: number[][];
}

export interface Acknowledge {
  remark?: string;
}

export interface AcknowledgeAlert {
  revision?: number | null;
}

export interface AcknowledgedTold {
  operator: string;
  made_at: string;
}

export interface AddAreas {
  areas: string;
  path?: string | null;
  packaged_borders?: boolean;
  kind?: string | null;
  guarded?: string[];
}

export interface AddFeed {
  feed: string;
  address: string;
  format: string;
  party?: string | null;
  every_s?: number;
  zone_offset_s?: number | null;
  receiver_latitude_deg?: number | null;
  receiver_longitude_deg?: number | null;
  receiver_height_m?: number | null;
}

export interface AddOperator {
  id: string;
  name: string;
  roles: string[];
}

export interface AddPeer {
  card: string;
}

export interface AdmissionTold {
  admission: string;
  party: string;
  by: string;
  standing: string;
  consents: Record<string, string>;
  ended_by: string[];
  effects: Record<string, string>;
  effect_index: number | null;
  barred_by: string[];
  opened_by: string[];
}

export interface AgendaRow {
  item: string;
  matter?: string | null;
}

export interface AgreeToMember {
  party: string;
  consent: "no" | "yes";
}

export interface AgreementThenTold {
  digest: string;
  title: string;
  version: number;
  state: string;
  by: string[];
  border: string | null;
  border_sha256: string | null;
}

export interface AgreementTold {
  digest: string;
  title: string;
  version: number;
  amends: string | null;
  state: string;
  unilateral: boolean;
  by: string[];
  since: string | null;
  waiting_for: string[];
  parties: string[];
  valid_from: string;
  valid_until: string;
  undefined: string[];
  in_force: boolean;
  accepts_new: boolean;
  text?: string | null;
}

export interface AgreementsTold {
  agreements: AgreementTold[];
  history: HistoryTold[];
}

export interface AirTold {
  at: string;
  cycle: number | null;
  minima: string | null;
  nets: NetTold[];
  feeds: FeedTold[];
  alerts: AlertTold[];
  alerts_open: number;
  tracks?: number | null;
  plots?: number | null;
  late_s?: number | null;
  skipped?: number;
  untold?: number;
  stage_s?: Record<string, number>;
  changes_waiting?: number;
  refused_changes?: number;
  unwatched?: Record<string, string>;
  suppressed?: number;
  memory_bytes?: number | null;
  restarts?: number;
}

export interface AirTracksTold {
  at: string | null;
  total: number;
  rows: TrackRow[];
}

export interface AlarmTold {
  at: string;
  code: string;
  text: string;
  party: string | null;
  digest: string | null;
  says: string;
  values: Record<string, string>;
  goes_on: boolean | null;
  about: string | null;
  exercise: boolean;
}

export interface AlertTold {
  alert: string;
  net: string;
  severity: string;
  phase: string;
  revision: number;
  subjects: string[];
  aspect: string;
  determined: boolean;
  raised_at: string;
  seen_at: string;
  basis: Record<string, unknown>;
  basis_now?: Record<string, unknown> | null;
  severity_now?: string | null;
  held?: string | null;
  acknowledged_by?: string | null;
  acknowledged_at?: string | null;
  cleared_at?: string | null;
}

export interface AnnounceKey {
  statement: Record<string, unknown>;
  tls_certificate_base64?: string | null;
}

export interface AnnouncedTold {
  intent: string;
  record: RecordTold;
}

export interface AnnouncementTold {
  digest: string;
  intent: string;
  owner: string;
  state: string;
  label: string;
  callsign: string | null;
  remark: string;
  start: string;
  end: string;
}

export interface AnswerErasure {
  answer: "erased" | "refused";
  words: string;
}

export interface AnswerMeeting {
  reply: "accept" | "decline";
  zone?: string | null;
  words?: string;
  proposal?: string | null;
}

export interface AnswerProposal {
  answer: "assent" | "refuse";
}

export interface AnswerRow {
  answer: "enter" | "leave";
  words: string;
}

export interface AnswerTold {
  party: string;
  answer: "assent" | "refusal" | "unknown";
  digest?: string | null;
  reason?: string | null;
  detail?: Record<string, unknown> | null;
  receipted?: boolean | null;
}

export interface AnsweredRowTold {
  site: string | null;
}

export interface AnswersTold {
  party: string;
  receipt: string;
  acknowledged: GivenTold | null;
  read_back: string;
  read_backs: ReadBackTold[];
  concurrence: ConcurrenceTold | null;
  escalation_step: number;
}

export interface ApartTold {
  at: string;
  apart_m: number;
  apart_m_min: number;
  apart_m_max: number;
}

export interface Approve {
  what: string;
}

export interface ApproveForm {
  to: string;
  form: string;
}

export interface AreaTold {
  level: number;
  row: number;
  column: number;
  latitude_deg: number;
  longitude_deg: number;
  radius_m: number;
  k: number;
  whereabouts: string;
}

export interface AreaWritten {
  circle?: CircleWritten | null;
  polygon?: string[] | null;
  corridor?: CorridorWritten | null;
  lower?: string[];
  upper?: string[];
}

export interface AreasListed {
  areas: string;
  path: string | null;
  packaged_borders: boolean;
  digest: string;
  kind: string | null;
  guarded: string[];
  count?: number | null;
  name?: string | null;
  version?: string | null;
}

export interface AskErasure {
  recipient: string;
  sites: string[];
  words: string;
}

export interface AskSites {
  latitude_deg: number[];
  longitude_deg: number[];
  radius_m: number;
  area?: boolean;
  own?: boolean;
  edge?: "chord" | "geodesic" | "rhumb";
  begins?: string | null;
  ends?: string | null;
}

export interface AttachmentAsked {
  name: string;
  media_type: string;
  content_base64: string;
}

export interface AttachmentTold {
  name: string;
  media_type: string;
  size_bytes: number;
  sha256: string;
}

export interface AttendMeeting {
  persons: PersonRow[];
}

export interface AuditCheckTold {
  first: number;
  sealed_to: number;
  seal: string;
  fault: string | null;
  handed_on_to: number | null;
  hand_on_fault: string | null;
}

export interface AuditLineTold {
  number: number;
  at: string;
  operator: string | null;
  by: string;
  what: string;
  outcome: string;
  address: string;
  session: string | null;
  count: number;
}

export interface AuditTold {
  lines: AuditLineTold[];
}

export interface BecauseWritten {
  source: "alert" | "claim" | "message" | "telling";
  record: string;
}

export interface BorderNearTold {
  words: string;
  data_set: string;
  digest: string;
  error_m: number | null;
}

export interface BordersNamed {
  name: string;
  version: string;
  digest: string;
  view: string;
  error_m: number;
}

export interface BundleSigned {
  digest: string;
  envelope: string;
}

export interface BundleToSign {
  title: string;
  files: FileListed[];
  material?: MaterialListed[];
  custody?: CustodyListed[];
}

export interface ByNumberTold {
  number: number;
  phrasebook: string;
  same_phrasebook: boolean;
  meaning: string | null;
  why_not: string | null;
  text_agrees: boolean | null;
  responses: Record<string, string>;
  rendered: PhraseShown[];
}

export interface BytesTold {
  name: string;
  sha256: string;
  content_base64: string;
}

export interface CalendarTold {
  name: string;
  calendar: string;
}

export interface CallTold {
  meeting: string;
  title: string;
  exercise: boolean;
  party: string;
  stations: StationTold[];
  ambiguous: string[];
  recording_allowed: boolean;
  signals: SignalTold[];
  ice_servers: IceServerTold[];
}

export interface CancelNotice {
  reason?: string;
}

export interface CardPrinted {
  text: string;
  html: string;
}

export interface CardTold {
  party: string;
  name: string;
  card: string;
  addresses: string[];
}

export interface ChallengeTold {
  flow: string;
  options: Record<string, unknown>;
}

export interface ChangeState {
  state: "activated" | "contingent" | "ended" | "nonconforming";
  off_nominal?: string | null;
}

export interface ChangeTold {
  family: string;
  key: string;
  status: string;
  words: string;
  author: string;
  digest: string;
  at: string;
  known_at: string;
  holds_from: string | null;
  holds_until: string | null;
  ends: boolean;
  answer: boolean;
  estimate?: Record<string, string | number | boolean | null>;
}

export interface ChangesTold {
  changes: ChangeTold[];
  more: string | null;
}

export interface CheckLine {
  wants?: "node" | "person";
}

export interface CheckSite {
  finding: "confirmed" | "disputed";
  origin: OriginAsked;
  words: string;
}

export interface CircleWritten {
  centre: string;
  radius: string;
}

export interface ClaimTold {
  claim: string;
  record: string;
  author: string;
  operator: string;
  own: boolean;
  incident: string;
  version: number;
  standing: string;
  published_as: string | null;
  claimant: string;
  title: string;
  sha256: string;
  statements: StatementTold[];
  made_to: string[];
  withdrawn_because: string | null;
  in_incidents: string[];
  received_at: string;
  doubts: string[];
  document?: Record<string, unknown> | null;
}

export interface CodeShown {
  code: string;
}

export interface Concur {
  answer: "concur" | "do-not-concur";
  remark?: string;
}

export interface ConcurrenceTold {
  by: GivenTold;
  answer: string;
  remark: string;
}

export interface ConsentTold {
  consent: string;
  owner: string;
  subject_kind: string;
  subject: string;
  observer: string;
  to: string[];
  kinds: string[];
  until: string;
  withdrawn_at: string | null;
  stands: boolean;
}

export interface ContactAsked {
  words: string;
  until: string;
}

export interface CopyTold {
  site: string;
  viewer: string;
  finest_m: number;
  last_at: string;
  withdrawal: string | null;
  erasure?: ErasureTold | null;
  told_since?: boolean;
  removed_at?: string | null;
  withdrawal_stored?: boolean | null;
}

export interface CorridorWritten {
  line: string[];
  half_width: string;
}

export interface CountedTold {
  claimant: string;
  claimed: number;
  graded: number;
  evidenced: number;
  by_person_alone: number;
  overtaken: number;
  dissented: number;
}

export interface CreateGroup {
  type: "border-incidents" | "flight-safety" | "free" | "humanitarian-access" | "technical";
  name: string;
  terms: string;
  legal_basis: string;
  members: string[];
  labels?: string[];
}

export interface CredentialTold {
  credential: string;
  kind: "passkey" | "password";
  label: string;
  made_at: string;
  name?: string | null;
  used_at?: string | null;
}

export interface CustodyListed {
  action: string;
  at: string;
  operator: string;
}

export interface DeclaredTold {
  callsign: string;
  outcome: "not-possible" | "possible" | "proposed";
  intent?: string | null;
  digest?: string | null;
  required?: string[];
  reason?: string | null;
  detail?: Record<string, unknown>;
  met?: MetTold[];
  flags?: string[];
}

export interface DeliveryTold {
  reader: string;
  index: number;
  receipted: boolean;
}

export interface DenialTold {
  answer: string;
  words: string;
  scope: string;
  begins: string;
  ends: string;
  radius_m: number | null;
}

export interface Deny {
  text?: string;
  phrase?: PhraseAsked | null;
  language: string;
  to?: string[];
  matter?: string | null;
  subject?: string | null;
  particulars?: ParticularsAsked | null;
  references?: ReferenceAsked[];
  attachments?: AttachmentAsked[];
  closes?: boolean;
  labels?: string[];
  answer: "none" | "unknown";
  scope: string;
  begins: string;
  ends: string;
  radius_m?: number | null;
  precedence?: "flash" | "immediate" | "priority" | "routine";
}

export interface DifferenceTold {
  words: string;
  distance_m: number;
  azimuth_true_deg: number;
  resolution_m: number;
}

export interface DissentFrom {
  grade: string;
  would_be: "confirmed" | "contested" | "discounted" | "fair" | "weak";
  words: string;
}

export interface DissentTold {
  would_be: string;
  words: string;
  operator: string;
  at: string;
  record: string;
}

export interface DocumentTold {
  digest: string;
  author: string;
  author_standing: string;
  operator: string;
  at: string;
  matter: string | null;
  name: string;
  media_type: string;
  size_bytes: number;
  sha256: string;
  recipients: string[];
  labels: string[];
  earlier: boolean;
  content_base64?: string | null;
}

export interface DoneTold {
  done: number;
}

export interface DraftAgreement {
  title: string;
  south_deg: number;
  west_deg: number;
  north_deg: number;
  east_deg: number;
  valid_from: string;
  valid_until: string;
  horizontal_m?: number;
  vertical_m?: number;
  disclosure?: "cells" | "full";
  assent_by?: "node" | "person";
  parties?: string[] | null;
}

export interface DraftedTold {
  text: string;
}

export interface Drawn {
  kind: string;
  id: string;
  name: string;
  word: string;
  parts: DrawnPart[];
  deconflicted?: boolean | null;
  own?: boolean;
  precision_m?: number | null;
  error_m?: number | null;
  why?: string[];
  unbounded?: number;
}

export interface DrawnPart {
  rings: number[][][];
  start_ms?: number | null;
  end_ms?: number | null;
  lower?: string | null;
  upper?: string | null;
}

export interface EchelonTold {
  level: string;
  name: string;
  state: "acknowledged" | "overdue" | "unknown";
  due_at: string | null;
  assumed: boolean;
  holder?: string | null;
  operator?: string | null;
  had_at?: string | null;
}

export interface EchelonsTold {
  told: ToldForProtectionTold[];
  total: number;
  as_of: string;
}

export interface EndSite {
  words: string;
}

export interface EnrolPasskey {
  secret: string;
  flow: string;
  credential: Record<string, unknown>;
  label?: string;
}

export interface EnrolPassword {
  secret: string;
  flow: string;
  password: string;
  code: string;
  current_password?: string;
}

export interface EnrolSecret {
  secret: string;
}

export interface EnrolTold {
  operator: string;
  name: string;
  flow: string;
  options: Record<string, unknown>;
  totp_secret: string;
  totp_uri: string;
  totp_qr: string[];
  asks_current_password?: boolean;
}

export interface EnrolledTold {
  session: WhoTold;
  recovery_codes: string[];
}

export interface EnterMovement {
  kind: string;
  words: string;
  waypoints: WaypointAsked[];
  half_width_m: number;
  slack_s: number;
  vehicles: VehiclesAsked[];
  escorts: EscortAsked[];
  contact: ContactAsked;
  recipients: MovementRecipient[];
  movement?: string | null;
}

export interface EnterObservation {
  observation: ObservationWritten;
  revises?: string | null;
}

export interface EnterSites {
  sites: SiteAsked[];
}

export interface EnteredTold {
  digest: string;
  sites: string[];
}

export interface EntryTold {
  number: number;
  kind: string;
  at: string;
  author: string;
  digest: string;
  operator: string;
}

export interface EraseSite {
  words: string;
}

export interface ErasureAnsweredTold {
  digest: string;
  records: string[];
}

export interface ErasureTold {
  request: string;
  owner: string;
  holder: string;
  sites: string[];
  words: string;
  asked_by: string;
  asked_at: string;
  notices: number;
  state: "erased" | "not-answered" | "refused";
  due_by: string;
  overdue: boolean;
  stored: boolean | null;
  removed_at: string | null;
  since?: string | null;
  by?: string | null;
  answer_words?: string | null;
  answer?: string | null;
}

export interface EscalatedTold {
  by: string;
  step: number;
  echelon: string;
  channel: string;
  made_at: string;
}

export interface EscalationTold {
  party: string;
  by: string;
  step: number;
  echelon: string;
  channel: string;
  due_at: string;
  made_at: string;
  calls: string[] | null;
}

export interface EscortAsked {
  kind: string;
  count: number;
  armed: boolean;
  words: string;
}

export interface Event {
  kind: string;
  at: string;
  author: string;
  number?: number | null;
  digest?: string | null;
  operator?: string | null;
  intent?: string | null;
  proposal?: string | null;
  agreement?: string | null;
  group?: string | null;
  meeting?: string | null;
  alert?: string | null;
  severity?: string | null;
  text?: string | null;
  matter?: string | null;
  message?: string | null;
  precedence?: string | null;
  exercise?: boolean;
}

export interface ExportBundle {
  title: string;
  incident?: string | null;
  records?: string[];
  kinds?: string[];
  parties?: string[];
  since?: string | null;
  until?: string | null;
  about?: string | null;
}

export interface ExportTold {
  at: string;
  format: string;
  viewer: string;
  sha256: string;
  operator: string;
}

export interface ExportedTold {
  record: string;
  name: string;
  sha256: string;
  size_bytes: number;
  content_base64: string;
  title: string;
  shown: number;
  files: number;
  without_checkpoint: string[];
  missing: string[];
  digest_only: string[];
}

export interface FeedTold {
  feed: string;
  party: string;
  format: string;
  address: string;
  phase: string;
  since?: string | null;
  heard_at?: string | null;
  retries?: number;
  drops?: number;
  reason?: string | null;
  counts?: Record<string, unknown>;
  waiting?: Record<string, number>;
  tracks?: Record<string, number>;
}

export interface FieldTold {
  name: string;
  outcome: string;
  why: string;
}

export interface FigureTold {
  svg: string;
  words: string;
}

export interface FileInGroup {
  name: string;
  content_base64: string;
  matter?: string | null;
  labels?: string[];
}

export interface FileListed {
  name: string;
  sha256: string;
  size_bytes: number;
}

export interface FileOf {
  name: string;
  origin: string;
  content_base64?: string | null;
  sha256?: string | null;
  size_bytes?: number | null;
  description?: string;
  obtained_at?: string | null;
}

export interface FileOfTold {
  name: string;
  sha256: string;
  size_bytes: number;
  media_type: string | null;
  stored: boolean;
  description: string;
  origin: string;
  obtained_at: string | null;
  given_to: string[];
  record: string;
}

export interface FindingTold {
  code: string;
  rule: string;
  field: string;
  words: string;
  figures?: Record<string, number | string>;
}

export interface FlightInsideTold {
  intent: string;
  owner: string;
  own: boolean;
  first_time: string | null;
  undetermined: string | null;
}

export interface FormTold {
  recipient: string;
  why_not?: string | null;
  body?: string | null;
  labels?: string[];
  form?: string | null;
  two_persons?: boolean;
  approved_by?: string[];
}

export interface GiveReadBack {
  particulars: ParticularsAsked;
}

export interface GiveRoles {
  roles: string[];
}

export interface GiveTo {
  to: string[];
  labels?: string[];
}

export interface GivenTold {
  operator: string;
  made_at: string;
  received_at: string;
  digest: string;
}

export interface GradeStatement {
  claim: string;
  statement: string;
  grade?: "confirmed" | "contested" | "discounted" | "fair" | "weak" | null;
  words?: string;
  material?: string[];
}

export interface GradeTold {
  claim: string;
  version: number;
  statement: string;
  claimant: string;
  grade: string;
  by_rule: string;
  rule: string;
  reasons: string[];
  words: string;
  at_hand: string[];
  operator: string;
  at: string;
  record: string;
  last: boolean;
  since: string[];
  dissents: DissentTold[];
}

export interface GroupActTold {
  record: RecordTold;
  group: string;
}

export interface GroupLineTold {
  group: string;
  name: string | null;
  type: string | null;
  standing: string;
  contested: boolean;
  exercise: boolean;
  members: string[];
  undecided: string[];
  overdue_tasks: number;
}

export interface GroupReason {
  reason?: string;
}

export interface GroupTold {
  group: string;
  owner: string | null;
  type: string | null;
  name: string | null;
  terms: string | null;
  legal_basis: string | null;
  labels: string[];
  contested: boolean;
  exercise: boolean;
  standing: string;
  parties: PartyInGroup[];
  admissions: AdmissionTold[];
  posts: PostTold[];
  documents: DocumentTold[];
  tasks: TaskTold[];
  meetings: string[];
  unmatched: number;
}

export interface HandOver {
  echelon: string;
  to: string;
  remark?: string;
}

export interface HandoverTold {
  digest: string;
  echelon: string;
  given_by: GivenTold;
  to: string;
  matters: MatterTold[];
  new_matters: MatterTold[];
  remark: string;
  accepted: GivenTold | null;
}

export interface HeightAsked {
  height_m: number;
  datum: "AGL" | "EGM2008" | "QNE" | "WGS84";
}

export interface HeightShown {
  height_m: number;
  datum: string;
}

export interface HeldAreaTold {
  shape: Record<string, unknown>;
  latitude_deg: number;
  longitude_deg: number;
  grid: string;
  whereabouts: string[];
  lower: string;
  upper: string;
}

export interface HeldBackTold {
  digest: string;
  matter: string;
  precedence: string;
  recipients: string[];
  text: string;
  written_at: string;
}

export interface HeldTold {
  stands: ChangeTold;
  answers: ChangeTold[];
}

export interface HereTold {
  as_of: string;
  words: string;
  whereabouts: string;
  grid: string;
  notices: NoticeTold[];
  anywhere: NoticeTold[];
  assumed: string[];
}

export interface HistoryTold {
  made_at: string;
  received_at: string;
  party: string;
  operator: string;
  agreement: string;
  words: string;
  unilateral: boolean;
  record: string;
}

export interface HoldersTold {
  copies: CopyTold[];
  packs?: PackHoldingTold[];
}

export interface IceServerTold {
  url: string;
  username: string | null;
  credential: string | null;
}

export interface ImportMeeting {
  calendar: string;
  parties: string[];
  group?: string | null;
}

export interface ImportRowAsked {
  number: number;
  site: SiteAsked;
  doubts?: string[];
  rows?: number[];
}

export interface ImportRows {
  file: string;
  sha256: string;
  rows: ImportRowAsked[];
}

export interface ImportedTold {
  entered: string[];
  proposed: number[];
  known: number[];
}

export interface IncidentActTold {
  incident: string;
  record: RecordTold;
}

export interface IncidentLineTold {
  incident: string;
  kind: string;
  title: string;
  state: string;
  exercise: boolean;
  opened_at: string;
  opened_by: string;
  begins: string | null;
  links: number;
  claims: number;
  claimed: number;
  graded: number;
  evidenced: number;
  by_person_alone: number;
  dissented: number;
  tasks_open: number;
  tasks_overdue: number;
  told_to: string[];
}

export interface IncidentRecordTold {
  record: string;
  what: string;
  kind: string | null;
  linked: boolean;
}

export interface IncidentRecordsTold {
  incident: string;
  title: string;
  records: IncidentRecordTold[];
  not_records: LinkOfTold[];
  digest_only: string[];
}

export interface IncidentTold {
  incident: string;
  record: string;
  kind: string;
  title: string;
  words: string;
  state: string;
  exercise: boolean;
  labels: string[];
  opened_by: string;
  because: string;
  because_record: string | null;
  opened_at: string;
  begins: IncidentMessagesTimeTold | null;
  ends: IncidentMessagesTimeTold | null;
  links: LinkOfTold[];
  unlinked: string[];
  tasks: TaskOfTold[];
  files: FileOfTold[];
  claims: ClaimTold[];
  grades: GradeTold[];
  counted: CountedTold[];
  moves: MovedTold[];
  told: TellingTold[];
  side_by_side: ToldIncidentTold[];
  caveat: string;
}

export interface IncidentsTold {
  incidents: IncidentLineTold[];
  told: ToldIncidentTold[];
  told_total: number;
  unfiled_claims: ClaimTold[];
  unfiled_total: number;
  tasks: TaskOfTold[];
  counted: CountedTold[];
  as_of: string;
}

export interface InsideTold {
  at: string;
  no_area: boolean;
  now: FlightInsideTold[];
  in_effect: FlightInsideTold[];
  tracks: TrackInsideTold[] | null;
  tracks_at: string | null;
  more_tracks: boolean;
}

export interface IntentTold {
  intent: string;
  owner: string;
  own: boolean;
  callsign: string | null;
  current: VersionTold;
  change: VersionTold | null;
  version_count: number;
  stop_requested?: string[];
}

export interface IntentsTold {
  intents: IntentTold[];
  announcements: AnnouncementTold[];
  total: number;
}

export interface InviteToGroup {
  party: string;
  words?: string;
}

export interface ItemTold {
  digest: string;
  kind: string;
  matter: string;
  subject: string | null;
  author: string;
  operator: string;
  recipients: string[];
  own: boolean;
  exercise: boolean;
  precedence: string;
  language: string;
  text: string;
  written_at: string;
  made_at: string;
  received_at: string;
  particulars: ParticularsShown;
  references: ReferenceTold[];
  attachments: AttachmentTold[];
  translations: TranslationTold[];
  answers: AnswersTold[];
  escalations: EscalationTold[];
  stop: StopTold | null;
  denial: DenialTold | null;
  closes: boolean;
  by_number?: ByNumberTold | null;
}

export interface ItemsTold {
  items: ItemTold[];
  total: number;
  as_of: string;
}

export interface JoinCall {
  station: string;
  fingerprint: string;
  name: string;
}

export interface JournalTold {
  entries: EntryTold[];
}

export interface KeyTold {
  key: string;
  sequence: number;
  not_before: string;
  not_after: string;
  revokes: string[];
  pending: string[];
}

export interface KeysTold {
  party: string;
  keys: KeyTold[];
}

export interface KnowledgeTold {
  subject: string;
  here: string;
  records: number;
  statements: KnownTold[];
  contradictions: string[];
}

export interface KnownTold {
  act: string;
  record: string;
  kind: string;
  party: string;
  person: string | null;
  echelon: string | null;
  at: string | null;
  not_before: string | null;
  not_after: string | null;
  precision: string | null;
  known: boolean;
  basis: string;
  words: string;
  rests_on: string[];
}

export interface LadderTold {
  party: string;
  step: number;
  echelon: string;
  after_s: number;
  channel: string;
  reach: string;
  assumed: boolean;
}

export interface LeaveCall {
  station: string;
}

export interface LeaveWatch {
  echelon: string;
}

export interface LineListTold {
  exercise: boolean;
  matters: MatterTold[];
  held_back: HeldBackTold[];
  held_back_count: number;
  untaken: string[];
  stops: string[];
}

export interface LineStatusTold {
  at: string;
  legal_status: string;
  lines: LineTold[];
  watch: WatchTold[];
  ladder: LadderTold[];
  untaken: ItemTold[];
  stops: ItemTold[];
  held_back_count: number;
}

export interface LineThenTold {
  alert: string;
  severity: string;
  acknowledged: boolean;
  line: number[][];
}

export interface LineTold {
  party: string;
  state: string;
  why: string;
  here: string;
  there: string | null;
  last_answered_at: string | null;
  last_heard_at: string | null;
  answered_by: string | null;
  answered_by_person: string | null;
  waits_for_person: boolean;
  person_asked_at: string | null;
  checks: number | null;
  reach: string;
  reach_since: string | null;
  reach_reason: string | null;
}

export interface LinkOfTold {
  what: string;
  digest: string;
  part: string | null;
  words: string;
  here: boolean;
}

export interface LinkThings {
  links: IncidentMessagesLinkWritten[];
}

export interface MakeClaim {
  document: Record<string, unknown>;
  published_as?: string | null;
  claim?: string | null;
}

export interface MakePack {
  holder: string;
  recipient?: string | null;
  area?: PackArea | null;
  stale_s?: number;
  life_s?: number;
  borders?: PackBorderAsked[];
}

export interface MapThenTold {
  at: string;
  known_by: string | null;
  exercise: boolean;
  things: Drawn[];
  flights_not_now: number;
  agreement: AgreementThenTold | null;
  left_out: Record<string, number>;
  missing: string[];
  lines: LineThenTold[];
  lines_unknown: number;
}

export interface MapTold {
  at: string;
  exercise: boolean;
  things: Drawn[];
  left_out: Record<string, number>;
  missing: string[];
  borders?: BordersNamed | null;
}

export interface MaterialListed {
  file: string;
  media_type: string;
  description?: string;
  obtained_at?: string | null;
  obtained_from?: string;
}

export interface MatterShown {
  matter: MatterTold;
  items: ItemTold[];
  held_back: HeldBackTold[];
}

export interface MatterTold {
  matter: string;
  subject: string | null;
  parties: string[];
  item_count: number;
  last_at: string;
  last: string;
  closed: boolean;
  waiting: number;
}

export interface MeaningTold {
  number: number;
  section: string;
  meaning: string;
  slots: Record<string, string>;
  responses: number[];
  phrases: Record<string, PhraseTold>;
}

export interface MeetingActTold {
  record: RecordTold;
  meeting: string;
}

export interface MeetingProposalTold {
  digest: string;
  author: string;
  operator: string;
  at: string;
  title: string;
  start: string;
  end: string;
  stated: string;
  zone: string;
  means: string;
  place: string;
  agenda: AgendaRow[];
  replaces: string | null;
  replies: Record<string, string>;
  waiting_for: string[];
}

export interface MeetingReason {
  reason: string;
}

export interface MeetingTold {
  meeting: string;
  state: string;
  parties: string[];
  group: string | null;
  exercise: boolean;
  current: string | null;
  times: MeetingMessagesTimeTold[];
  proposals: MeetingProposalTold[];
  cancelled_by: string[];
  answer_owed: string | null;
  unsigned: string[];
  attendance: PersonTold[];
  minutes: MinutesTold[];
  in_call: number;
}

export interface MetTold {
  intent: string;
  proposal: string;
  owner: string;
  state: string;
  verdict: VerdictTold;
}

export interface MinuteMeeting {
  lines?: string[];
  decisions?: string[];
  tasks?: UndertakingRow[];
  disputes?: string | null;
}

export interface MinutesTold {
  digest: string;
  author: string;
  operator: string;
  at: string;
  state: string;
  signed_by: string[];
  waiting_for: string[];
  disputes: string | null;
  disputed_by: string[];
  lines: string[];
  decisions: string[];
  tasks: UndertakingTold[];
}

export interface MomentTold {
  at: string;
  known_by: string | null;
  exercise: boolean;
  items: HeldTold[];
  more: string | null;
  later: Record<string, number>;
  tracks: TrackThenTold[];
  tracks_left_out: number;
  plots_kept: boolean;
  plots_dropped: number;
}

export interface MoveIncident {
  event: "close" | "reopen" | "resume" | "review" | "void";
  reason: string;
}

export interface MovedTold {
  event: string;
  reason: string;
  operator: string;
  at: string;
  record: string;
}

export interface MovementRecipient {
  party: string;
  precision_m: number;
}

export interface MovementRecordTold {
  digest: string;
  movement: string;
}

export interface MovementTold {
  movement: string;
  own: boolean;
  version: number;
  kind: string;
  state: string;
  record?: string | null;
  begins?: string | null;
  ends?: string | null;
  since?: string | null;
  at_least_m?: number | null;
  at_least_s?: number | null;
  half_width_m?: number | null;
  precision_m?: number | null;
  waypoints?: number[][];
  vehicles?: string[];
  escorts?: string[];
  contact?: string | null;
}

export interface NameAsked {
  text: string;
  script?: string;
  language?: string;
}

export interface NameTold {
  text: string;
  script: string;
  language: string;
}

export interface NetTold {
  net: string;
  health: string;
  since: string;
  why: string[];
}

export interface NewToken {
  name: string;
  scopes: string[];
  days?: number;
  operator?: string | null;
}

export interface NoteExport {
  record: string;
  format: "cot" | "geojson" | "kml";
  viewer: string;
  sha256: string;
}

export interface NoteExposure {
  sites: string[];
  viewer: string;
  precision_m: number;
  way: string;
}

export interface Nothing {
}

export interface NoticeCheckedTold {
  activity: string;
  received_at: string;
  effective_from: string;
  effective_until: string;
  lead_s: number | null;
  agreed_lead_s: number | null;
  findings: FindingTold[];
  areas: HeldAreaTold[];
  place_list: string;
  place_list_digest: string;
  assumed?: string[];
}

export interface NoticePreviewTold {
  touches: NoticeTouchesTold;
  buffer_m: number;
  buffers_assumed: boolean;
  checked: NoticeCheckedTold;
  inside: InsideTold;
  borders: BorderNearTold[];
  record: string;
  exercise: boolean;
}

export interface NoticeTold {
  notice: string;
  revision: number;
  record: string;
  author: string;
  operator: string;
  own: boolean;
  exercise: boolean;
  state: string;
  made_at: string;
  place: string;
  description: string;
  contact: string;
  starts: string[];
  ends: string[];
  checked: NoticeCheckedTold;
  recipients: RecipientTold[];
  rivals: string[];
  cancelled_because?: string | null;
  inside?: InsideTold | null;
  stop_requested?: string[];
  touches?: NoticeTouchesTold | null;
  owners_told?: OwnerToldTold[];
  ours_touched?: TouchedByNoticeTold[] | null;
  touch_received?: TouchReceivedTold | null;
  objections?: ObjectionTold[];
  echelons?: ToldForProtectionTold[];
}

export interface NoticeTouchesTold {
  answer: "nothing-notified-here" | "touches" | "undetermined";
  words: string;
  as_of: string;
  register_age_s?: number | null;
  count?: number;
  touched?: TouchedByNoticeTold[];
  always?: string;
}

export interface NoticeWritten {
  activity: string;
  areas?: AreaWritten[];
  starts?: string[];
  ends?: string[];
  place?: string;
  description?: string;
  contact?: string;
}

export interface NoticesTold {
  notices: NoticeTold[];
  total: number;
  as_of: string;
}

export interface NumberAsked {
  value: number;
  of: string;
}

export interface NumberShown {
  value: number;
  of: string;
}

export interface ObjectToNotice {
  words: string;
  ids?: string[];
  taken_back?: boolean;
}

export interface ObjectionTold {
  party: string;
  operator: string;
  made_at: string;
  ids: string[];
  words: string;
  record: string;
}

export interface ObservationTold {
  observation: string;
  record: string;
  revision: number | null;
  author: string;
  operator: string;
  own: boolean;
  exercise: boolean;
  state: string;
  kind: string;
  nature: string;
  area: AreaTold | null;
  subject: SubjectTold | null;
  begins: string;
  ends: string;
  words: string;
  words_below: string | null;
  source: SourceTold | null;
  credibility: number;
  origins: string[];
  provenance: ObservationMessagesLinkTold[];
  labels: string[];
  onward: string[];
  legal_basis: string;
  consent: string;
  approved_by: string | null;
  made_at: string;
  received_at: string;
  withdrawn_because: string | null;
  circular: boolean;
  in_question: string[];
  resting_on_it: string[];
  beside: string[];
  checks: ObservationMessagesCheckTold[];
  sent: SentTold[];
}

export interface ObservationWritten {
  kind: string;
  nature: string;
  begins: string;
  ends: string;
  position?: string | null;
  within?: string;
  subject?: SubjectWritten | null;
  words?: string;
  words_below?: string;
  source?: SourceWritten;
  credibility?: number;
  provenance?: ObservationMessagesLinkWritten[];
  labels?: string[];
  legal_basis?: string;
  consent?: string | null;
}

export interface ObservationsTold {
  observations: ObservationTold[];
  total: number;
  as_of: string;
}

export interface OpenEarlier {
  party: string;
}

export interface OpenIncident {
  kind: "border-violation" | "harm-to-civilians" | "harm-to-protected-site" | "interference" | "late-or-missing-notice" | "loss-of-separation" | "other" | "unsafe-conduct";
  title: string;
  words?: string;
  because?: BecauseWritten | null;
  begins?: TimeWritten | null;
  ends?: TimeWritten | null;
  labels?: string[];
}

export interface OperatorTold {
  id: string;
  name: string;
  roles: string[];
  revoked_at?: string | null;
  token_file?: string | null;
}

export interface OriginAsked {
  name: string;
  kind: "imagery" | "owner" | "register" | "report" | "visit";
}

export interface OwnerToldTold {
  owner: string;
  told: number | null;
}

export interface PackArea {
  latitude_deg: number;
  longitude_deg: number;
  radius_m: number;
}

export interface PackBorderAsked {
  name: string;
  sha256: string;
  error_m: number;
  file_name?: string | null;
  content?: string | null;
}

export interface PackHoldingTold {
  pack: string;
  recipient: string;
  holder: string;
  maker: string;
  by: string;
  count: number;
  finest_m: number;
  made_at: string;
  expires_at: string;
  expired: boolean;
  forms?: string[];
}

export interface PackMade {
  pack: string;
  record: string;
  sha256: string;
  content: string;
}

export interface PackTold {
  pack: string;
  record: string;
  recipient: string;
  holder: string;
  operator: string;
  made_at: string;
  stale_from: string;
  expires_at: string;
  condition: string;
  exercise: boolean;
  sites: number;
  movements: number;
  notices: number;
  taken_back: number;
  finest_m: number | null;
  exports: ExportTold[];
}

export interface PaperTold {
  claim: string;
  version: number;
  document: Record<string, unknown>;
}

export interface PapersTold {
  claims: PaperTold[];
  files: BytesTold[];
  agreement: string | null;
}

export interface ParticularsAsked {
  position?: PositionAsked | null;
  height?: HeightAsked | null;
  time?: TimeAsked | null;
  number?: NumberAsked | null;
}

export interface ParticularsShown {
  position: PositionShown | null;
  height: HeightShown | null;
  time: TimeShown | null;
  number: NumberShown | null;
}

export interface PartyInGroup {
  party: string;
  own: boolean;
  standing: string;
  we_share: boolean;
  shares_with_us: boolean;
  waiting_for: string[];
}

export interface PasskeyShown {
  flow: string;
  credential: Record<string, unknown>;
}

export interface PasswordLogin {
  operator: string;
  password: string;
  code: string;
}

export interface PeerReason {
  reason: string;
}

export interface PeerTold {
  party: string;
  name: string;
  addresses: string[];
  reach: string;
  since: string | null;
  reason: string | null;
  round_trip_s: number | null;
  clock_difference_s: number | null;
  clock_delay_s: number | null;
  owed: number;
  held: number;
  frozen: string | null;
  removed_at?: string | null;
}

export interface PersonRow {
  name: string;
  since: string;
  role?: string;
  until?: string | null;
}

export interface PersonTold {
  party: string;
  name: string;
  role: string;
  since: string;
  until: string | null;
}

export interface PhraseAsked {
  number: number;
  slots?: Record<string, string>;
}

export interface PhraseShown {
  language: string;
  right_to_left: boolean;
  display: string;
  plain: string;
  say: string | null;
}

export interface PhraseTold {
  text: string;
  say: string | null;
  back: string | null;
}

export interface PhrasebookTold {
  version: number;
  digest: string;
  languages: Record<string, string>;
  right_to_left: string[];
  phrases: MeaningTold[];
}

export interface PlaceAsked {
  latitude_deg: number[];
  longitude_deg: number[];
  kind?: "path" | "ring";
  edge?: "chord" | "geodesic" | "rhumb";
  radius_m?: number;
  accuracy_m?: number | null;
  datum?: "WGS84" | "unstated";
}

export interface PlaceNamed {
  name: string;
  latitude_deg: number;
  longitude_deg: number;
  population: number;
  names: Record<string, string>;
}

export interface PlaceReferenceTold {
  words: string;
  distance_m: number;
  azimuth_true_deg: number;
  compass_point: string;
  name: string;
  names: Record<string, string>;
  country: string;
  population: number;
}

export interface PlaceTold {
  kind: string;
  latitude_deg: number[];
  longitude_deg: number[];
  radius_m: number;
  precision_m: number;
  error_m: number;
}

export interface PlacesTold {
  source: string;
  places: PlaceNamed[];
}

export interface PolicyTold {
  record: string | null;
  policy: Record<string, unknown> | null;
}

export interface PositionAsked {
  latitude_deg: number;
  longitude_deg: number;
  datum: "ED50" | "PZ90" | "SK42" | "UNKNOWN" | "WGS84";
  accuracy_m?: number | null;
}

export interface PositionShown {
  latitude_deg: number;
  longitude_deg: number;
  datum: string;
  accuracy_m: number | null;
  grid: string | null;
  place: string | null;
  place_list: string | null;
  note: string;
}

export interface PositionTold {
  as_stated: string;
  form: string;
  latitude_deg: number;
  longitude_deg: number;
  datum: string;
  resolution_m: number;
  assumed: string[];
  grid: string;
  nearest: PlaceReferenceTold;
  city: PlaceReferenceTold | null;
  place_list: string;
  place_list_digest: string;
  place_list_licence: string;
  read_back?: DifferenceTold | null;
}

export interface PostInGroup {
  text: string;
  language?: string;
  matter?: string | null;
  subject?: string | null;
  labels?: string[];
}

export interface PostTold {
  digest: string;
  author: string;
  author_standing: string;
  operator: string;
  at: string;
  matter: string;
  subject: string | null;
  language: string;
  text: string;
  recipients: string[];
  labels: string[];
  earlier: boolean;
}

export interface PreviewAskedTold {
  record: string;
  operator: string;
  at: string;
  cells: number;
  touched: number;
  sent: boolean;
  way?: string;
  rows?: number;
}

export interface PreviewNotice {
  notice: NoticeWritten;
}

export interface PreviewsTold {
  previews: PreviewAskedTold[];
  total: number;
  sweeps: SweepTold[];
  as_of: string;
}

export interface PrivateLogSigned {
  size: number;
}

export interface Problem {
  title: string;
  status: number;
  kind: "access" | "agreement" | "input" | "internal" | "peer" | "record" | "store";
  reason: string;
  field?: string | null;
  why?: string;
}

export interface ProofTold {
  digest: string;
  owner: string;
  reader: string;
  proof: string;
  envelope: string;
}

export interface ProposeAgreement {
  text: string;
}

export interface ProposeMeeting {
  title: string;
  start: string;
  end: string;
  zone: string;
  parties?: string[];
  means?: "in-person" | "other" | "video";
  place?: string;
  group?: string | null;
  agenda?: AgendaRow[];
  replaces?: string | null;
}

export interface RadioTold {
  answered: boolean;
  operator: string;
  at: string;
}

export interface ReadBackCompared {
  matched: boolean;
  fields: FieldTold[];
}

export interface ReadBackTold {
  by: GivenTold;
  matched: boolean;
  fields: FieldTold[];
}

export interface ReadOn {
  read: number;
  view?: ViewWritten | null;
}

export interface ReadTold {
  read: number;
}

export interface ReceiveForEchelon {
  level: string;
  name: string;
  holder: string;
  had_at?: string | null;
}

export interface RecipientTold {
  party: string;
  receipted: boolean | null;
  acknowledged: AcknowledgedTold[];
  word: string;
}

export interface RecordMade {
  digest: string;
  kind: string;
  flags?: string[];
}

export interface RecordTold {
  digest: string;
  kind: string;
  deliveries?: DeliveryTold[];
}

export interface RecordsBeginningTold {
  count: number;
  digests: string[];
}

export interface RecoveryCode {
  operator: string;
  code: string;
  password?: string;
  generator_code?: string;
}

export interface ReferenceAsked {
  kind: "alert" | "intent" | "message" | "notice" | "record" | "site" | "track";
  id?: string | null;
  digest?: string | null;
}

export interface ReferenceTold {
  kind: string;
  id: string | null;
  digest: string | null;
}

export interface RefuseProposal {
  reason: string;
}

export interface ReleaseStop {
  reason: string;
}

export interface ReleaseTo {
  to?: string[];
}

export interface ReleasedTold {
  recipient: string;
  digest: string;
  kind: string;
}

export interface Remark {
  remark?: string;
}

export interface RemoveFromGroup {
  party: string;
  reason: string;
}

export interface RenderPhrase {
  number: number;
  slots?: Record<string, string>;
  languages?: string[] | null;
}

export interface RenderedPhraseTold {
  number: number;
  meaning: string;
  body: Record<string, unknown>;
  assumed: string[];
  responses: Record<string, string>;
  rendered: RenderedTold[];
}

export interface RenderedTold {
  language: string;
  name: string;
  right_to_left: boolean;
  plain: string;
  display: string;
  say: string | null;
}

export interface RenewSite {
  renew_by: string;
}

export interface ReportPosition {
  latitude_deg: number;
  longitude_deg: number;
  accuracy_m: number;
  seen_at?: string | null;
  lasts_s?: number;
}

export interface RequestStop {
  text?: string;
  phrase?: PhraseAsked | null;
  language: string;
  to?: string[];
  matter?: string | null;
  subject?: string | null;
  particulars?: ParticularsAsked | null;
  references?: ReferenceAsked[];
  attachments?: AttachmentAsked[];
  closes?: boolean;
  labels?: string[];
  radius_m?: number | null;
  until?: string | null;
}

export interface RivalsTold {
  first: AccountTold;
  second: AccountTold;
  rows: ApartTold[];
  words: string;
  left_out: number;
  svg: string;
}

export interface RuleTold {
  two_persons: string;
  reason: string;
  kinds: string[];
  may_approve: string[];
}

export interface SayRadio {
  track: string;
  answered: boolean;
}

export interface SeenTold {
  at: string;
  viewer: string;
  precision_m: number;
  way: string;
}

export interface SendMessage {
  text?: string;
  phrase?: PhraseAsked | null;
  language: string;
  to?: string[];
  matter?: string | null;
  subject?: string | null;
  particulars?: ParticularsAsked | null;
  references?: ReferenceAsked[];
  attachments?: AttachmentAsked[];
  closes?: boolean;
  labels?: string[];
  precedence: "flash" | "immediate" | "priority" | "routine";
}

export interface SendNotice {
  notice: NoticeWritten;
  to?: string[] | null;
  revises?: string | null;
  base?: string | null;
  labels?: string[];
}

export interface SentTold {
  recipient: string;
  record: string;
  at: string;
  withdrawn_at: string | null;
  receipted: boolean;
}

export interface SessionTold {
  session: string;
  operator: string;
  method: string;
  address: string;
  made_at: string;
  seen_at: string;
  idle_until: string;
  ends_at: string;
  own: boolean;
}

export interface SetRule {
  two_persons: "one-person" | "required";
  reason: string;
}

export interface SetTask {
  title: string;
  owner: string;
  due: string;
  task?: string | null;
  base?: string[] | null;
  person?: string | null;
  state?: "cancelled" | "done" | "open";
}

export interface SetTaskOf {
  task?: string | null;
  base?: number | null;
  title?: string | null;
  owner?: string | null;
  party?: string | null;
  due?: string | null;
  state?: "cancelled" | "done" | "open";
  words?: string;
}

export interface SignMinutes {
  minutes: string;
}

export interface SignalStation {
  station: string;
  to: string;
  step: "answer" | "offer";
  number: number;
  sdp: string;
}

export interface SignalTold {
  digest: string;
  station: string;
  step: string;
  number: number;
  sdp: string;
}

export interface SiteAnswerTold {
  answer: "nothing-notified-here" | "touches" | "undetermined";
  words: string;
  as_of: string;
  register_age_s?: number | null;
  count?: number;
  touched?: TouchedTold[];
  movements?: TouchedMovementTold[];
  record?: string | null;
  always?: string;
}

export interface SiteAsked {
  kind: string;
  names: NameAsked[];
  place: PlaceAsked;
  owner: string;
  origin: OriginAsked;
  site?: string | null;
  contact?: ContactAsked | null;
  valid_from?: string | null;
  valid_until?: string | null;
  renew_by?: string | null;
}

export interface SiteErasedTold {
  digest: string;
  records: string[];
  told: string[];
}

export interface SiteTold {
  site: string;
  own: boolean;
  version: number;
  kind: string;
  state: string;
  renew_by: string;
  names?: NameTold[];
  place?: PlaceTold | null;
  owner?: string | null;
  origin?: string | null;
  contact?: string | null;
  since?: string | null;
  by?: string | null;
  record?: string | null;
  received_at?: string | null;
  checks?: SiteMessagesCheckTold[];
}

export interface SitesTold {
  sites: SiteTold[];
  total: number;
  always?: string;
}

export interface SourceTold {
  kind: string | null;
  reliability: string;
  name?: string | null;
}

export interface SourceWritten {
  kind?: string;
  reliability?: string;
  name?: string;
}

export interface SpokenTold {
  matter: string;
  digest: string;
  state: "held-back" | "sent";
}

export interface StateAgreement {
  action: "restore" | "suspend" | "withdraw";
  reason: string;
  effective_at?: string | null;
}

export interface StatementTold {
  statement: string;
  topic: string;
  kind: string;
  says: string;
  words: string;
  starts: string | null;
  clause: string | null;
}

export interface StationTold {
  party: string;
  own: boolean;
  operator: string;
  station: string;
  name: string;
  fingerprint: string;
  join: string;
  joined_at: string;
  may_be_recorded: boolean | null;
  records: boolean;
}

export interface StatusTold {
  party: string;
  name: string;
  version: string;
  at: string;
  recovering: boolean;
  two_persons: string;
  proposals_waiting: number;
  agreement: AgreementTold | null;
  blocked: Record<string, string>;
  peers: PeerTold[];
  intents: Record<string, number>;
  alarms: AlarmTold[];
  nets: NetTold[];
  feeds_up: number;
  feeds: number;
  alerts_open: number;
  alerts_unacknowledged: number;
  incidents_open: number;
  incident_tasks_owed: number;
  incident_tasks_overdue: number;
  demonstration?: boolean;
}

export interface StopTold {
  state: string;
  radius_m: number | null;
  until: string | null;
  released: GivenTold | null;
  release_reason: string | null;
  intents: string[];
  notices?: string[] | null;
}

export interface StretchTold {
  starts: string;
  ends: string;
}

export interface SubjectTold {
  kind: string;
  id: string;
  digest: string;
}

export interface SubjectWritten {
  kind: string;
  id: string;
  digest: string;
}

export interface SupportTold {
  words: string;
  records: string[];
  left_out: string[];
  reports: number;
  channels: number;
  stated: number;
  counted: number;
  unknown: string[];
  circular: string[];
  classes: string[][];
}

export interface SweepTold {
  party: string;
  rule: string;
  operator: string | null;
  questions: number;
  cells: number;
  since: string;
  until: string;
  ids: string[];
}

export interface SwitchRecording {
  station: string;
  recording: boolean;
  number: number;
}

export interface TakeBack {
  reason?: string;
}

export interface TakeBackConsent {
  recipient: string;
  words: string;
  sites?: string[] | null;
}

export interface TakeWatch {
  echelon: string;
  reach?: string;
}

export interface TakenBackTold {
  digest: string;
  copies: CopyTold[];
  packs?: PackHoldingTold[];
}

export interface TaskOfTold {
  incident: string;
  task: string;
  version: number;
  title: string;
  owner: string;
  party: string;
  due: string;
  state: string;
  overdue: boolean;
  words: string;
  set_by: string;
}

export interface TaskTold {
  task: string;
  rival: boolean;
  versions: TaskVersionTold[];
}

export interface TaskVersionTold {
  digest: string;
  author: string;
  operator: string;
  at: string;
  title: string;
  owner: string;
  person: string | null;
  due: string;
  state: string;
  overdue: boolean;
}

export interface TellIncident {
  to?: string[];
  words?: string;
  group?: string | null;
  beside?: string | null;
  withhold?: Record<string, string>;
  labels?: string[] | null;
  preview?: boolean;
}

export interface TellingTold {
  incident: string;
  version: number;
  author: string;
  operator: string;
  kind: string;
  title: string;
  words: string;
  begins: IncidentMessagesTimeTold | null;
  ends: IncidentMessagesTimeTold | null;
  state: string;
  links: LinkOfTold[];
  withheld: WithheldTold[];
  group: string | null;
  beside: string | null;
  to: string[];
  receipted: string[];
  at: string;
  record: string | null;
}

export interface TimeAsked {
  at: string;
  as_stated?: string | null;
  zone?: string | null;
}

export interface TimeShown {
  at: string;
  as_stated: string;
  zone: string;
}

export interface TimeWritten {
  stated: string;
  zone?: string;
}

export interface TokenTold {
  token: string;
  operator: string;
  name: string;
  scopes: string[];
  made_by: string;
  made_at: string;
  expires_at: string;
  stands: boolean;
  revoked_at?: string | null;
  secret?: string | null;
}

export interface ToldForProtectionTold {
  record: string;
  what: string;
  author: string;
  party: string;
  ids: string[];
  told_at: string;
  echelons: EchelonTold[];
  silent: number;
  escalated: EscalatedTold[];
}

export interface ToldIncidentTold {
  incident: string;
  author: string;
  last: TellingTold | null;
  tellings: number;
  files: FileOfTold[];
  beside: string[];
}

export interface TouchReceivedTold {
  notice: string;
  record: string;
  author: string;
  activity: string;
  begins: string;
  ends: string;
  standing: string;
  count: number;
  touched: TouchedIdTold[];
  received_at: string;
}

export interface TouchedByNoticeTold {
  id: string;
  what: "movement" | "site";
  owner: string;
  kind: string;
  state: string;
  version: number;
  precision_m: number;
  how: "within" | "within-buffer";
  distance_m: number;
  buffer_m: number;
  names: string[];
}

export interface TouchedIdTold {
  id: string;
  version: number;
  precision_m: number;
  how: string;
  distance_m: number;
  buffer_m: number;
}

export interface TouchedMovementTold {
  movement: string;
  owner: string;
  kind: string;
  state: string;
  begins: string;
  ends: string;
  precision_m: number;
  distance_m: number;
}

export interface TouchedTold {
  site: string;
  owner: string;
  kind: string;
  state: string;
  precision_m: number;
  distance_m: number;
  names?: NameTold[];
}

export interface TouchesReceivedTold {
  touches: TouchReceivedTold[];
  as_of: string;
}

export interface TrackInsideTold {
  track_id: number;
  latitude_deg: number;
  longitude_deg: number;
  grid: string;
  whereabouts: string;
  height_known: boolean;
  stale: boolean;
  address: string | null;
}

export interface TrackRow {
  key: string;
  callsign: string | null;
  latitude_deg: number;
  longitude_deg: number;
  accuracy_m: number;
  altitude_pressure_m: number | null;
  altitude_ellipsoid_m: number | null;
  ground_speed_mps: number | null;
  track_true_deg: number | null;
  vertical_rate_mps: number | null;
  on_ground: boolean | null;
  age_s: number;
  stale: boolean;
  confirmed: boolean;
  flight?: string | null;
  track_id?: number;
  address?: string | null;
  accuracy_pressure_m?: number | null;
  accuracy_ellipsoid_m?: number | null;
  lacks?: string[];
  radio?: RadioTold | null;
}

export interface TrackThenTold {
  feed: string;
  identity: string;
  callsign: string | null;
  at: string;
  received_at: string;
  latitude_deg: number;
  longitude_deg: number;
  accuracy_m: number;
  accuracy_assumed: boolean;
  altitude_pressure_m: number | null;
  altitude_ellipsoid_m: number | null;
  ground_speed_mps: number | null;
  track_true_deg: number | null;
  on_ground: boolean | null;
  stale: boolean;
}

export interface Translate {
  language: string;
  text: string;
  engine?: string | null;
}

export interface TranslationTold {
  by: GivenTold;
  party: string;
  language: string;
  text: string;
  made_by: string;
  engine: string | null;
}

export interface UndertakingRow {
  title: string;
  owner: string;
  due: string;
  person?: string | null;
}

export interface UndertakingTold {
  title: string;
  owner: string;
  person: string | null;
  due: string;
  overdue: boolean;
}

export interface UnlinkThing {
  what: "agreement" | "alert" | "claim" | "file" | "intent" | "message" | "notice" | "observation" | "record" | "site" | "telling" | "track";
  digest: string;
  reason: string;
  part?: string | null;
}

export interface VehiclesAsked {
  kind: string;
  count: number;
  marking: string;
}

export interface VerdictTold {
  verdict: "conflict" | "separated" | "undetermined";
  first_time?: string | null;
  latitude_deg?: number | null;
  longitude_deg?: number | null;
  least_horizontal_m?: number | null;
  least_vertical_m?: number | null;
  reason?: string | null;
}

export interface VerifyAgainst {
  beside: string[];
  words?: string;
  record?: string | null;
}

export interface VersionTold {
  digest: string;
  version: number;
  state: string;
  label: string;
  why_not: string[];
  answers: AnswerTold[];
  left_open: string[] | null;
  flags: Record<string, string>;
  priority: string;
  flight_class: string;
  disclosure: string;
  start: string;
  end: string;
  made_at: string;
  decide_by: string;
  withdrawn_because: string | null;
  put_off: string | null;
  withdrawing: string[];
  overdue: boolean;
}

export interface ViewWritten {
  south_deg: number;
  west_deg: number;
  north_deg: number;
  east_deg: number;
  tolerance_m?: number;
}

export interface WatchTold {
  party: string;
  echelon: string;
  officer: string;
  since: string;
  reach: string;
}

export interface WaypointAsked {
  latitude_deg: number;
  longitude_deg: number;
  at: string;
}

export interface WhoTold {
  operator: string;
  name: string;
  roles: string[];
  may: string[];
  by: string;
  party: string;
  at: string;
  two_persons: string;
  csrf?: string | null;
  session?: string | null;
  idle_until?: string | null;
  ends_at?: string | null;
  stepped_up_until?: string | null;
  step_up?: string[];
  step_up_actions?: string[];
  recovery_codes_left?: number;
}

export interface WhoseSessions {
  operator?: string | null;
}

export interface Withdraw {
  change_only?: boolean;
}

export interface WithdrawClaim {
  reason: string;
}

export interface WithdrawConsent {
  consent: string;
  reason?: string;
}

export interface WithheldTold {
  what: string;
  count: number;
  reason: string;
}

export interface WouldTell {
  telling: TellingTold;
  record: RecordTold | null;
}

export interface AccessMessagesLinkTold {
  operator: string;
  secret: string;
  path: string;
  expires_at: string;
}

export interface AccessMessagesProposalTold {
  proposal: string;
  what: string;
  kind: string;
  body: Record<string, unknown>;
  recipients: string[];
  proposed_by: string;
  made_at: string;
  expires_at: string;
  state: string;
  may_approve: boolean;
  approved_by?: string | null;
  refused?: string | null;
  record?: string | null;
}

export interface AccessMessagesProposalsTold {
  proposals: AccessMessagesProposalTold[];
}

export interface IncidentMessagesLinkWritten {
  what: "agreement" | "alert" | "claim" | "file" | "intent" | "message" | "notice" | "observation" | "record" | "site" | "telling" | "track";
  digest: string;
  part?: string | null;
  words?: string;
}

export interface IncidentMessagesTimeTold {
  at: string;
  stated: string;
  zone: string;
}

export interface LineMessagesAnsweredTold {
  digest: string;
  item: ItemTold;
}

export interface MeetingMessagesTimeTold {
  party: string;
  zone: string | null;
  start: string | null;
  end: string | null;
}

export interface MessagesAnsweredTold {
  given: "assent" | "refuse";
  records: RecordTold[];
}

export interface ObservationMessagesCheckTold {
  operator: string;
  at: string;
  beside: string[];
  words: string;
}

export interface ObservationMessagesGiveConsent {
  subject_kind: string;
  subject: string;
  observer: string;
  to: string[];
  kinds: string[];
  until: string;
}

export interface ObservationMessagesLinkTold {
  relation: string;
  observation: string;
  record: string;
  here: boolean;
}

export interface ObservationMessagesLinkWritten {
  relation: string;
  record: string;
  observation?: string | null;
}

export interface SiteMessagesCheckTold {
  finding: string;
  party: string;
  operator: string;
  origin: string;
  at: string;
  words: string;
}

export interface SiteMessagesGiveConsent {
  recipient: string;
  precision_m: number;
  until: string;
  words: string;
  sites?: string[] | null;
  names?: boolean;
  contact?: boolean;
}

export interface SiteMessagesProposalTold {
  proposals: string;
  number: number;
  file: string;
  doubts: string[];
  rows: number[];
  sites: string[];
  site: SiteTold;
}

export interface SiteMessagesProposalsTold {
  proposals: SiteMessagesProposalTold[];
  total: number;
}

/** What each endpoint tells. */
export interface Answers {
  'GET /v1/access/audit': AuditTold;
  'GET /v1/access/audit/check': AuditCheckTold;
  'GET /v1/access/credentials': CredentialTold[];
  'POST /v1/access/credentials/{credential}/remove': DoneTold;
  'POST /v1/access/enrol/begin': EnrolTold;
  'POST /v1/access/enrol/passkey': EnrolledTold;
  'POST /v1/access/enrol/password': EnrolledTold;
  'POST /v1/access/links': AccessMessagesLinkTold;
  'POST /v1/access/login/passkey/begin': ChallengeTold;
  'POST /v1/access/login/passkey/finish': WhoTold;
  'POST /v1/access/login/password': WhoTold;
  'POST /v1/access/logout': DoneTold;
  'POST /v1/access/recover': AccessMessagesLinkTold;
  'GET /v1/access/rule': RuleTold;
  'POST /v1/access/rule': RuleTold;
  'GET /v1/access/session': WhoTold;
  'GET /v1/access/sessions': SessionTold[];
  'POST /v1/access/sessions/revoke-all': DoneTold;
  'POST /v1/access/sessions/{session}/revoke': DoneTold;
  'POST /v1/access/step-up/begin': ChallengeTold;
  'POST /v1/access/step-up/code': WhoTold;
  'POST /v1/access/step-up/passkey': WhoTold;
  'GET /v1/access/tokens': TokenTold[];
  'POST /v1/access/tokens': TokenTold;
  'POST /v1/access/tokens/{token}/revoke': TokenTold;
  'GET /v1/agreements': AgreementsTold;
  'POST /v1/agreements': AgreementTold;
  'POST /v1/agreements/draft': DraftedTold;
  'GET /v1/agreements/{digest}': AgreementTold;
  'POST /v1/agreements/{digest}/sign': AgreementTold;
  'POST /v1/agreements/{digest}/state': AgreementTold;
  'GET /v1/air': AirTold;
  'POST /v1/air/radio': TrackRow;
  'GET /v1/air/stream': string;
  'POST /v1/air/stream/{stream}': ReadTold;
  'GET /v1/air/tracks': AirTracksTold;
  'GET /v1/alerts': AlertTold[];
  'GET /v1/alerts/{alert}': AlertTold;
  'POST /v1/alerts/{alert}/acknowledge': AlertTold;
  'GET /v1/areas': AreasListed[];
  'POST /v1/areas': AreasListed;
  'POST /v1/areas/{areas}/remove': AreasListed[];
  'GET /v1/card': CardTold;
  'GET /v1/claims': ClaimTold[];
  'GET /v1/claims/{party}/{number}': ClaimTold;
  'POST /v1/claims/{party}/{number}/give': IncidentActTold;
  'POST /v1/claims/{party}/{number}/withdraw': IncidentActTold;
  'GET /v1/echelons': EchelonsTold;
  'POST /v1/echelons/{record}/receive': RecordTold;
  'GET /v1/events': string;
  'POST /v1/evidence/bundles': BundleSigned;
  'POST /v1/evidence/exports': ExportedTold;
  'GET /v1/evidence/exports/{proposal}': ExportedTold;
  'POST /v1/evidence/private-log': PrivateLogSigned;
  'GET /v1/feeds': FeedTold[];
  'POST /v1/feeds': FeedTold;
  'POST /v1/feeds/{feed}/remove': FeedTold[];
  'GET /v1/groups': GroupLineTold[];
  'POST /v1/groups': GroupActTold;
  'GET /v1/groups/{owner}/{number}': GroupTold;
  'POST /v1/groups/{owner}/{number}/accept': GroupActTold;
  'POST /v1/groups/{owner}/{number}/consent': GroupActTold;
  'POST /v1/groups/{owner}/{number}/decline': GroupActTold;
  'POST /v1/groups/{owner}/{number}/documents': GroupActTold;
  'GET /v1/groups/{owner}/{number}/documents/{digest}': DocumentTold;
  'POST /v1/groups/{owner}/{number}/invite': GroupActTold;
  'POST /v1/groups/{owner}/{number}/leave': GroupActTold;
  'POST /v1/groups/{owner}/{number}/open': GroupActTold;
  'POST /v1/groups/{owner}/{number}/posts': GroupActTold;
  'POST /v1/groups/{owner}/{number}/remove': GroupActTold;
  'POST /v1/groups/{owner}/{number}/tasks': GroupActTold;
  'GET /v1/history/changes': ChangesTold;
  'GET /v1/history/knew': KnowledgeTold;
  'GET /v1/history/knew/figure': FigureTold;
  'GET /v1/history/map': MapThenTold;
  'GET /v1/history/plots': StretchTold[];
  'GET /v1/history/rivals': RivalsTold;
  'GET /v1/history/state': MomentTold;
  'GET /v1/incidents': IncidentsTold;
  'POST /v1/incidents': IncidentTold;
  'GET /v1/incidents/{party}/{number}': IncidentTold;
  'GET /v1/incidents/{party}/{number}/assessment': Record<string, unknown>;
  'POST /v1/incidents/{party}/{number}/claims': ClaimTold;
  'POST /v1/incidents/{party}/{number}/dissents': IncidentActTold;
  'POST /v1/incidents/{party}/{number}/files': IncidentActTold;
  'POST /v1/incidents/{party}/{number}/files/{sha256}/give': IncidentActTold;
  'POST /v1/incidents/{party}/{number}/grades': IncidentActTold;
  'POST /v1/incidents/{party}/{number}/link': IncidentActTold;
  'GET /v1/incidents/{party}/{number}/papers': PapersTold;
  'GET /v1/incidents/{party}/{number}/records': IncidentRecordsTold;
  'POST /v1/incidents/{party}/{number}/state': IncidentActTold;
  'POST /v1/incidents/{party}/{number}/tasks': IncidentActTold;
  'POST /v1/incidents/{party}/{number}/tell': WouldTell;
  'POST /v1/incidents/{party}/{number}/unlink': IncidentActTold;
  'GET /v1/intents': IntentsTold;
  'POST /v1/intents': DeclaredTold;
  'POST /v1/intents/announce': AnnouncedTold;
  'POST /v1/intents/announcements/{digest}/end': RecordTold;
  'POST /v1/intents/batch': DeclaredTold[];
  'POST /v1/intents/check': DeclaredTold[];
  'POST /v1/intents/proposals/{digest}/answer': MessagesAnsweredTold;
  'GET /v1/intents/{party}/{number}': IntentTold;
  'POST /v1/intents/{party}/{number}/change': DeclaredTold;
  'POST /v1/intents/{party}/{number}/state': RecordTold;
  'POST /v1/intents/{party}/{number}/withdraw': RecordTold;
  'GET /v1/journal': JournalTold;
  'GET /v1/keys': KeysTold;
  'POST /v1/keys': RecordTold;
  'GET /v1/line': LineListTold;
  'GET /v1/line/card': CardPrinted;
  'POST /v1/line/checks/{peer}': RecordMade;
  'POST /v1/line/checks/{peer}/answer': RecordMade;
  'POST /v1/line/denials': SpokenTold;
  'GET /v1/line/items': ItemsTold;
  'GET /v1/line/items/{digest}': ItemTold;
  'POST /v1/line/items/{digest}/acknowledge': LineMessagesAnsweredTold;
  'GET /v1/line/items/{digest}/attachments/{sha256}': AttachmentAsked;
  'POST /v1/line/items/{digest}/concur': LineMessagesAnsweredTold;
  'POST /v1/line/items/{digest}/read-back': LineMessagesAnsweredTold;
  'POST /v1/line/items/{digest}/read-back/compare': ReadBackCompared;
  'POST /v1/line/items/{digest}/release': LineMessagesAnsweredTold;
  'POST /v1/line/items/{digest}/translate': LineMessagesAnsweredTold;
  'GET /v1/line/matters/{party}/{number}': MatterShown;
  'POST /v1/line/messages': SpokenTold;
  'GET /v1/line/status': LineStatusTold;
  'POST /v1/line/stops': SpokenTold;
  'GET /v1/map': MapTold;
  'GET /v1/map/borders': unknown;
  'GET /v1/map/places': PlacesTold;
  'GET /v1/meetings': MeetingTold[];
  'POST /v1/meetings': MeetingActTold;
  'POST /v1/meetings/import': MeetingActTold;
  'GET /v1/meetings/{owner}/{number}': MeetingTold;
  'POST /v1/meetings/{owner}/{number}/answer': MeetingActTold;
  'POST /v1/meetings/{owner}/{number}/attendance': MeetingActTold;
  'GET /v1/meetings/{owner}/{number}/calendar': CalendarTold;
  'GET /v1/meetings/{owner}/{number}/call': CallTold;
  'POST /v1/meetings/{owner}/{number}/call/consent': MeetingActTold;
  'POST /v1/meetings/{owner}/{number}/call/join': MeetingActTold;
  'POST /v1/meetings/{owner}/{number}/call/leave': MeetingActTold;
  'POST /v1/meetings/{owner}/{number}/call/recording': MeetingActTold;
  'POST /v1/meetings/{owner}/{number}/call/signal': MeetingActTold;
  'POST /v1/meetings/{owner}/{number}/cancel': MeetingActTold;
  'POST /v1/meetings/{owner}/{number}/counter': MeetingActTold;
  'POST /v1/meetings/{owner}/{number}/minutes': MeetingActTold;
  'POST /v1/meetings/{owner}/{number}/sign': MeetingActTold;
  'GET /v1/movements': MovementTold[];
  'POST /v1/movements': MovementRecordTold;
  'POST /v1/movements/{party}/{number}/end': MovementRecordTold;
  'POST /v1/movements/{party}/{number}/position': MovementTold;
  'GET /v1/notices': NoticesTold;
  'POST /v1/notices': NoticeTold;
  'POST /v1/notices/check': NoticeCheckedTold;
  'GET /v1/notices/here': HereTold;
  'POST /v1/notices/preview': NoticePreviewTold;
  'GET /v1/notices/previews': PreviewsTold;
  'GET /v1/notices/touches': TouchesReceivedTold;
  'GET /v1/notices/{party}/{number}': NoticeTold[];
  'POST /v1/notices/{party}/{number}/acknowledge': RecordTold;
  'POST /v1/notices/{party}/{number}/cancel': RecordTold;
  'POST /v1/notices/{party}/{number}/object': RecordTold;
  'GET /v1/observation-consents': ConsentTold[];
  'POST /v1/observation-consents': RecordTold;
  'POST /v1/observation-consents/withdraw': RecordTold;
  'GET /v1/observation-policy': PolicyTold;
  'POST /v1/observation-policy': PolicyTold;
  'GET /v1/observations': ObservationsTold;
  'POST /v1/observations': ObservationTold;
  'GET /v1/observations/{party}/{number}': ObservationTold;
  'POST /v1/observations/{party}/{number}/approve': RecordTold;
  'POST /v1/observations/{party}/{number}/preview': FormTold[];
  'POST /v1/observations/{party}/{number}/release': ReleasedTold[];
  'GET /v1/observations/{party}/{number}/support': SupportTold;
  'POST /v1/observations/{party}/{number}/verify': RecordTold;
  'POST /v1/observations/{party}/{number}/withdraw': ReleasedTold[];
  'GET /v1/operators': OperatorTold[];
  'POST /v1/operators': OperatorTold;
  'POST /v1/operators/{person}/link': AccessMessagesLinkTold;
  'POST /v1/operators/{person}/revoke': OperatorTold;
  'POST /v1/operators/{person}/roles': OperatorTold;
  'GET /v1/packs': PackTold[];
  'POST /v1/packs': PackMade;
  'POST /v1/packs/exports': RecordTold;
  'GET /v1/peers': PeerTold[];
  'POST /v1/peers': PeerTold;
  'POST /v1/peers/{peer}/remove': PeerTold;
  'POST /v1/peers/{peer}/unfreeze': RecordTold;
  'GET /v1/phrasebook': PhrasebookTold;
  'POST /v1/phrasebook/render': RenderedPhraseTold;
  'GET /v1/place': PositionTold;
  'GET /v1/proposals': AccessMessagesProposalsTold;
  'GET /v1/proposals/{proposal}': AccessMessagesProposalTold;
  'POST /v1/proposals/{proposal}/approve': AccessMessagesProposalTold;
  'POST /v1/proposals/{proposal}/refuse': AccessMessagesProposalTold;
  'GET /v1/records': RecordsBeginningTold;
  'GET /v1/records/{digest}': RecordTold;
  'GET /v1/records/{digest}/proof': ProofTold[];
  'GET /v1/sites': SitesTold;
  'POST /v1/sites': EnteredTold;
  'POST /v1/sites/consents': RecordTold;
  'POST /v1/sites/consents/withdraw': TakenBackTold;
  'GET /v1/sites/erasures': ErasureTold[];
  'POST /v1/sites/erasures': RecordTold;
  'POST /v1/sites/erasures/{digest}/answer': ErasureAnsweredTold;
  'POST /v1/sites/exposures': RecordTold;
  'POST /v1/sites/import': ImportedTold;
  'GET /v1/sites/proposals': SiteMessagesProposalsTold;
  'POST /v1/sites/proposals/{digest}/{number}': AnsweredRowTold;
  'POST /v1/sites/query': SiteAnswerTold;
  'GET /v1/sites/{party}/{number}': SiteTold;
  'GET /v1/sites/{party}/{number}/copies': HoldersTold;
  'POST /v1/sites/{party}/{number}/end': RecordTold;
  'POST /v1/sites/{party}/{number}/erase': SiteErasedTold;
  'GET /v1/sites/{party}/{number}/exposures': SeenTold[];
  'POST /v1/sites/{party}/{number}/finding': RecordTold;
  'POST /v1/sites/{party}/{number}/renew': RecordTold;
  'GET /v1/status': StatusTold;
  'GET /v1/watch': WatchTold[];
  'POST /v1/watch/accept': HandoverTold;
  'POST /v1/watch/handover': HandoverTold;
  'GET /v1/watch/handovers/{digest}': HandoverTold;
  'POST /v1/watch/leave': RecordMade;
  'POST /v1/watch/take': RecordMade;
}

/** What each endpoint takes as its body. */
export interface Bodies {
  'POST /v1/access/enrol/begin': EnrolSecret;
  'POST /v1/access/enrol/passkey': EnrolPasskey;
  'POST /v1/access/enrol/password': EnrolPassword;
  'POST /v1/access/links': Nothing;
  'POST /v1/access/login/passkey/begin': Nothing;
  'POST /v1/access/login/passkey/finish': PasskeyShown;
  'POST /v1/access/login/password': PasswordLogin;
  'POST /v1/access/logout': Nothing;
  'POST /v1/access/recover': RecoveryCode;
  'POST /v1/access/rule': SetRule;
  'POST /v1/access/sessions/revoke-all': WhoseSessions;
  'POST /v1/access/step-up/begin': Nothing;
  'POST /v1/access/step-up/code': CodeShown;
  'POST /v1/access/step-up/passkey': PasskeyShown;
  'POST /v1/access/tokens': NewToken;
  'POST /v1/agreements': ProposeAgreement;
  'POST /v1/agreements/draft': DraftAgreement;
  'POST /v1/agreements/{digest}/state': StateAgreement;
  'POST /v1/air/radio': SayRadio;
  'POST /v1/air/stream/{stream}': ReadOn;
  'POST /v1/alerts/{alert}/acknowledge': AcknowledgeAlert;
  'POST /v1/areas': AddAreas;
  'POST /v1/claims/{party}/{number}/give': GiveTo;
  'POST /v1/claims/{party}/{number}/withdraw': WithdrawClaim;
  'POST /v1/echelons/{record}/receive': ReceiveForEchelon;
  'POST /v1/evidence/bundles': BundleToSign;
  'POST /v1/evidence/exports': ExportBundle;
  'POST /v1/feeds': AddFeed;
  'POST /v1/groups': CreateGroup;
  'POST /v1/groups/{owner}/{number}/consent': AgreeToMember;
  'POST /v1/groups/{owner}/{number}/decline': GroupReason;
  'POST /v1/groups/{owner}/{number}/documents': FileInGroup;
  'POST /v1/groups/{owner}/{number}/invite': InviteToGroup;
  'POST /v1/groups/{owner}/{number}/leave': GroupReason;
  'POST /v1/groups/{owner}/{number}/open': OpenEarlier;
  'POST /v1/groups/{owner}/{number}/posts': PostInGroup;
  'POST /v1/groups/{owner}/{number}/remove': RemoveFromGroup;
  'POST /v1/groups/{owner}/{number}/tasks': SetTask;
  'POST /v1/incidents': OpenIncident;
  'POST /v1/incidents/{party}/{number}/claims': MakeClaim;
  'POST /v1/incidents/{party}/{number}/dissents': DissentFrom;
  'POST /v1/incidents/{party}/{number}/files': FileOf;
  'POST /v1/incidents/{party}/{number}/files/{sha256}/give': GiveTo;
  'POST /v1/incidents/{party}/{number}/grades': GradeStatement;
  'POST /v1/incidents/{party}/{number}/link': LinkThings;
  'POST /v1/incidents/{party}/{number}/state': MoveIncident;
  'POST /v1/incidents/{party}/{number}/tasks': SetTaskOf;
  'POST /v1/incidents/{party}/{number}/tell': TellIncident;
  'POST /v1/incidents/{party}/{number}/unlink': UnlinkThing;
  'POST /v1/intents': unknown;
  'POST /v1/intents/announce': unknown;
  'POST /v1/intents/announcements/{digest}/end': Remark;
  'POST /v1/intents/batch': unknown;
  'POST /v1/intents/check': unknown;
  'POST /v1/intents/proposals/{digest}/answer': AnswerProposal;
  'POST /v1/intents/{party}/{number}/change': unknown;
  'POST /v1/intents/{party}/{number}/state': ChangeState;
  'POST /v1/intents/{party}/{number}/withdraw': Withdraw;
  'POST /v1/keys': AnnounceKey;
  'POST /v1/line/checks/{peer}': CheckLine;
  'POST /v1/line/denials': Deny;
  'POST /v1/line/items/{digest}/acknowledge': Acknowledge;
  'POST /v1/line/items/{digest}/concur': Concur;
  'POST /v1/line/items/{digest}/read-back': GiveReadBack;
  'POST /v1/line/items/{digest}/read-back/compare': GiveReadBack;
  'POST /v1/line/items/{digest}/release': ReleaseStop;
  'POST /v1/line/items/{digest}/translate': Translate;
  'POST /v1/line/messages': SendMessage;
  'POST /v1/line/stops': RequestStop;
  'POST /v1/meetings': ProposeMeeting;
  'POST /v1/meetings/import': ImportMeeting;
  'POST /v1/meetings/{owner}/{number}/answer': AnswerMeeting;
  'POST /v1/meetings/{owner}/{number}/attendance': AttendMeeting;
  'POST /v1/meetings/{owner}/{number}/call/consent': SwitchRecording;
  'POST /v1/meetings/{owner}/{number}/call/join': JoinCall;
  'POST /v1/meetings/{owner}/{number}/call/leave': LeaveCall;
  'POST /v1/meetings/{owner}/{number}/call/recording': SwitchRecording;
  'POST /v1/meetings/{owner}/{number}/call/signal': SignalStation;
  'POST /v1/meetings/{owner}/{number}/cancel': MeetingReason;
  'POST /v1/meetings/{owner}/{number}/counter': ProposeMeeting;
  'POST /v1/meetings/{owner}/{number}/minutes': MinuteMeeting;
  'POST /v1/meetings/{owner}/{number}/sign': SignMinutes;
  'POST /v1/movements': EnterMovement;
  'POST /v1/movements/{party}/{number}/end': EndSite;
  'POST /v1/movements/{party}/{number}/position': ReportPosition;
  'POST /v1/notices': SendNotice;
  'POST /v1/notices/check': NoticeWritten;
  'POST /v1/notices/preview': PreviewNotice;
  'POST /v1/notices/{party}/{number}/cancel': CancelNotice;
  'POST /v1/notices/{party}/{number}/object': ObjectToNotice;
  'POST /v1/observation-consents': ObservationMessagesGiveConsent;
  'POST /v1/observation-consents/withdraw': WithdrawConsent;
  'POST /v1/observation-policy': unknown;
  'POST /v1/observations': EnterObservation;
  'POST /v1/observations/{party}/{number}/approve': ApproveForm;
  'POST /v1/observations/{party}/{number}/preview': ReleaseTo;
  'POST /v1/observations/{party}/{number}/release': ReleaseTo;
  'POST /v1/observations/{party}/{number}/verify': VerifyAgainst;
  'POST /v1/observations/{party}/{number}/withdraw': TakeBack;
  'POST /v1/operators': AddOperator;
  'POST /v1/operators/{person}/link': Nothing;
  'POST /v1/operators/{person}/roles': GiveRoles;
  'POST /v1/packs': MakePack;
  'POST /v1/packs/exports': NoteExport;
  'POST /v1/peers': AddPeer;
  'POST /v1/peers/{peer}/remove': PeerReason;
  'POST /v1/peers/{peer}/unfreeze': PeerReason;
  'POST /v1/phrasebook/render': RenderPhrase;
  'POST /v1/proposals/{proposal}/approve': Approve;
  'POST /v1/proposals/{proposal}/refuse': RefuseProposal;
  'POST /v1/sites': EnterSites;
  'POST /v1/sites/consents': SiteMessagesGiveConsent;
  'POST /v1/sites/consents/withdraw': TakeBackConsent;
  'POST /v1/sites/erasures': AskErasure;
  'POST /v1/sites/erasures/{digest}/answer': AnswerErasure;
  'POST /v1/sites/exposures': NoteExposure;
  'POST /v1/sites/import': ImportRows;
  'POST /v1/sites/proposals/{digest}/{number}': AnswerRow;
  'POST /v1/sites/query': AskSites;
  'POST /v1/sites/{party}/{number}/end': EndSite;
  'POST /v1/sites/{party}/{number}/erase': EraseSite;
  'POST /v1/sites/{party}/{number}/finding': CheckSite;
  'POST /v1/sites/{party}/{number}/renew': RenewSite;
  'POST /v1/watch/accept': AcceptWatch;
  'POST /v1/watch/handover': HandOver;
  'POST /v1/watch/leave': LeaveWatch;
  'POST /v1/watch/take': TakeWatch;
}
