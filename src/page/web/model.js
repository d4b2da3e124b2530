// What the page knows: the listener, the deliveries in the order of the list, and what is chosen. Whoever shows
// something of it is told when it changes.

import * as api from "./api.js";

/** Rows that are read at once. */
const PAGE = 200;
const MORE = 1_000;
/** Most rows that are held; older ones are read again when they are looked for. */
const MOST = 100_000;
/** How long the page rests between two readings when more comes than can be shown, in milliseconds. */
const REST = 700;

export const model = {
  session: null,
  policy: null,
  /** Newest first. */
  rows: [],
  /** Where older ones go on; `null` at the end. */
  next: null,
  /** Whether rows were read at all. */
  isRead: false,
  query: "",
  /** What is wrong with the query. */
  problem: null,
  isPaused: false,
  /** Whether somebody looks at older ones. */
  isAway: false,
  /** What came while the list was held: rows, or more than that. */
  waiting: [],
  isBehind: false,
  unseen: 0,
  chosen: null,
  /** The one to compare with. */
  marked: null,
};

const listeners = new Map();

/** Calls back when something of this name changes. */
export function on(name, then) {
  listeners.set(name, [...(listeners.get(name) ?? []), then]);
}

export function tell(name, detail) {
  for (const then of listeners.get(name) ?? []) then(detail);
}

const known = new Map();

export const placeOf = (id) => {
  const place = search(id);
  return model.rows[place]?.id === id ? place : -1;
};

/** The place of an id among the rows, which are in the order of their ids, the newest first. */
function search(id) {
  let from = 0;
  let to = model.rows.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (model.rows[middle].id > id) from = middle + 1;
    else to = middle;
  }
  return from;
}

function insert(rows) {
  let above = 0;
  const edge = model.rows[0]?.id;
  const older = model.rows.at(-1)?.id;
  for (const row of rows) {
    // What is older than all that is read comes when it is read.
    if (known.has(row.id) || (model.next && older && row.id < older)) continue;
    known.set(row.id, row);
    model.rows.splice(search(row.id), 0, row);
    if (!edge || row.id > edge) above += 1;
  }
  forget();
  return above;
}

function forget() {
  if (model.rows.length <= MOST) return;
  for (const row of model.rows.splice(MOST)) known.delete(row.id);
  model.next = model.rows.at(-1).id;
}

let reading = 0;
/** What came while the newest rows were read. */
let meanwhile = null;

/** Reads the newest rows, in place of those that are there. */
export async function reload() {
  reading += 1;
  const mine = reading;
  meanwhile = [];
  try {
    const { rows, next } = await api.get("/api/captures", { q: model.query, limit: PAGE });
    if (mine !== reading) return;
    known.clear();
    for (const row of rows) known.set(row.id, row);
    Object.assign(model, { rows, next, isRead: true, problem: null, waiting: [], isBehind: false });
    insert(meanwhile);
    meanwhile = null;
    tell("rows", { above: 0, isNew: true });
  } catch (refused) {
    if (mine !== reading) return;
    meanwhile = null;
    model.problem = refused;
    // Nothing can come of a query that is not understood.
    if (refused.status === 400) close();
    tell("problem");
  }
}

let isReadingMore = false;

/** Reads older rows. */
export async function more() {
  if (isReadingMore || !model.next) return;
  isReadingMore = true;
  const mine = reading;
  try {
    const { rows, next } = await api.get("/api/captures", { q: model.query, before: model.next, limit: MORE });
    if (mine !== reading) return;
    for (const row of rows) {
      if (known.has(row.id)) continue;
      known.set(row.id, row);
      model.rows.push(row);
    }
    model.next = model.rows.length >= MOST ? null : next;
    tell("rows", { above: 0 });
  } catch (refused) {
    if (mine !== reading) return;
    tell("said", { kind: "bad", text: refused.message });
  } finally {
    isReadingMore = false;
  }
}

/** Looks for something else. */
export function ask(query) {
  model.query = query.trim();
  model.problem = null;
  tell("query");
  open();
  return reload();
}

export function pause(isPaused) {
  model.isPaused = isPaused;
  if (!isPaused) catchUp();
  tell("paused");
}

/** Shows what came meanwhile. */
export function catchUp() {
  const { waiting, isBehind } = model;
  Object.assign(model, { waiting: [], isBehind: false });
  if (isBehind) return reload();
  const above = insert(waiting);
  tell("rows", { above });
}

function came(rows) {
  model.unseen += document.hidden ? rows.length : 0;
  meanwhile?.push(...rows);
  if (model.isPaused || model.isBehind) {
    model.waiting.push(...rows);
    if (model.waiting.length > PAGE * 5) Object.assign(model, { waiting: model.waiting.slice(0, 1), isBehind: true });
    tell("paused");
  } else {
    const above = insert(rows);
    tell("rows", { above });
  }
  tell("came", rows);
}

let resting = null;

/** More came than is told one by one. */
function fellBehind() {
  if (model.isPaused || model.isAway) {
    model.isBehind = true;
    tell("paused");
    return;
  }
  // At most one reading in a while, and one after the last of them.
  if (resting) {
    resting.again = true;
    return;
  }
  resting = { again: false };
  setTimeout(() => {
    const { again } = resting;
    resting = null;
    if (again) fellBehind();
  }, REST);
  reload();
}

let stream = null;
let retry = null;
/** Whether the connection broke, and the last that came over it: it goes on behind that by itself. */
let wasLost = false;
let last = "";

function close() {
  stream?.close();
  clearTimeout(retry);
}

/** Opens the event stream, which goes on by itself after the connection broke. */
export function open() {
  close();
  last = "";
  const mine = new EventSource(api.path("/api/events", { q: model.query }));
  stream = mine;
  const take = (name, then) =>
    mine.addEventListener(name, (event) => {
      last = event.lastEventId;
      then(JSON.parse(event.data));
    });
  take("hello", hello);
  take("rows", came);
  take("behind", fellBehind);
  take("policy", (policy) => {
    model.policy = policy;
    tell("policy");
  });
  take("removed", ({ id }) => gone(id));
  take("pinned", ({ id, pinned }) => {
    const row = known.get(id);
    if (row) row.pinned = pinned;
    tell("rows", { above: 0 });
    tell("pinned", { id, pinned });
  });
  take("bye", () => tell("live", "ended"));
  mine.onerror = () => {
    wasLost = true;
    tell("live", "lost");
    // A refusal ends a stream for good; the listener may be back soon.
    if (mine.readyState === EventSource.CLOSED && mine === stream) retry = setTimeout(open, 1_500);
  };
}

async function hello({ run }) {
  const isBlind = wasLost && !last;
  wasLost = false;
  tell("live", "live");
  const isOther = model.session.run !== run;
  if (isOther) {
    await api.renew();
    await readSession();
  }
  if (isOther || isBlind) await reload();
}

export async function readSession() {
  model.session = await api.get("/api/session");
  model.policy = model.session.policy;
  tell("session");
  tell("policy");
}

/** Takes a delivery off the list. */
function gone(id) {
  const place = placeOf(id);
  known.delete(id);
  if (place >= 0) model.rows.splice(place, 1);
  tell("rows", { above: 0 });
  tell("gone", { id, place });
}

/** Chooses a delivery, or none. */
export function choose(id, how = {}) {
  if (model.chosen === id && !how.again) {
    tell("focus", how);
    return;
  }
  model.chosen = id;
  tell("chosen", how);
}
