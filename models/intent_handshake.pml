/* The intent handshake among two or three sovereign nodes: safety under every fault, liveness after healing.
 *
 * What is said are facts that never shrink, so loss (not read yet), delay, duplication, reordering and replay are
 * all covered. Where a node stands is durable, so a crash changes nothing; BUG_AMNESIA and BUG_UNSYNCED show what
 * forgetting costs. Clocks may say anything: a hold may lapse and a decide-by may pass at any moment. A flight is
 * one version of an intent; a change is a flight that replaces another one. States and rules are those of
 * src/comity/domain/intents/states.py and answers.py, written down a second time on purpose.
 *
 * LIVE asks instead whether a proposal is decided once the links are healed, under weak fairness; PATIENT lets no
 * decide-by pass, so that a lone proposal must be accepted.
 *
 * models/run compiles and runs every setting and every mutant with the verdict expected of it.
 *
 * Settings (-DSETTING=n):
 *   1  two nodes, two intents each, everything of one meets everything of the other
 *   2  two nodes, an accepted intent each and a change to it that gets in the other's way
 *   3  three nodes; neither owner is asked by the other, only the third node stands between them
 *   4  three nodes, one intent each, all meet, everybody is asked
 *   5  three nodes, two intents each, all meet, everybody is asked (too large to exhaust: bitstate)
 *   6  three nodes as in 3, and a change of the first flight into the way of the second
 *   7  two nodes, a lone proposal (liveness)
 *   8  two nodes, an accepted intent and a change to it out of the other's way
 *
 * Mutants (-DBUG_X), each of them one rule broken:
 *   BOTHACK       an own proposal never stands in the way
 *   WITHDRAWN     the lower side assents and does not withdraw its own
 *   STALE         an assent to any version of the intent counts
 *   SILENCE       no answer is taken for consent
 *   AMNESIA       a restart forgets
 *   UNSYNCED      an answer leaves before the writes it rests on are durable, and they are lost
 *   FORGETLAPSE   a lapsed hold is not remembered
 *   NOWAIT        a third party's lower proposal is passed over though it was assented to
 *   EARLYSWAP     a change lets go of the accepted version before it is accepted itself
 *   LEASE         as FORGETLAPSE with two nodes, where each owner is asked: harmless
 *   EARLYDEAD     a withdrawal is told to nobody: harmless
 *   DEAF          a peer never answers: harmless for safety, a lone proposal stays open
 */
#ifndef SETTING
#define SETTING 1
#endif
#define NONE 255
#define ONLY(node) (1 << (node))

#if SETTING == 1
#define NODES 2
#define FLIGHTS 4
#define OWNER(f) ((f) / 2)
#define ASKED(f) ONLY(1 - OWNER(f))
#define MEET(f, g) (OWNER(f) != OWNER(g))
#define OUTRANKS(f, g) ((f) == 3 || ((f) == 0 && (g) == 2) || ((f) == 1 && (g) == 2))
#define REPLACES(f) NONE
#elif SETTING == 2
#define NODES 2
#define FLIGHTS 4
#define OWNER(f) ((f) / 2)
#define ASKED(f) ONLY(1 - OWNER(f))
#define MEET(f, g) (OWNER(f) != OWNER(g) && ((f) + (g) != 2)) /* 0 and 2 keep apart, the changes do not */
#define OUTRANKS(f, g) ((f) > (g))
#define REPLACES(f) ((f) % 2 -> (f) - 1 : NONE)
#elif SETTING == 3
#define NODES 3
#define FLIGHTS 2
#define OWNER(f) (f)
#define ASKED(f) ONLY(2)
#define MEET(f, g) ((f) != (g))
#define OUTRANKS(f, g) ((f) < (g))
#define REPLACES(f) NONE
#elif SETTING == 4
#define NODES 3
#define FLIGHTS 3
#define OWNER(f) (f)
#define ASKED(f) (7 - ONLY(f))
#define MEET(f, g) ((f) != (g))
#define OUTRANKS(f, g) ((f) > (g))
#define REPLACES(f) NONE
#elif SETTING == 5
#define NODES 3
#define FLIGHTS 6
#define OWNER(f) ((f) / 2)
#define ASKED(f) (7 - ONLY(OWNER(f)))
#define MEET(f, g) (OWNER(f) != OWNER(g))
#define OUTRANKS(f, g) ((f) > (g))
#define REPLACES(f) NONE
#elif SETTING == 6
#define NODES 3
#define FLIGHTS 3
#define OWNER(f) ((f) / 2) /* 0 and 1 are versions of one intent of node 0; 2 is of node 1 */
#define ASKED(f) ONLY(2)
#define MEET(f, g) ((f) + (g) == 3 && (f) != 0 && (g) != 0)
#define OUTRANKS(f, g) ((f) > (g))
#define REPLACES(f) ((f) == 1 -> 0 : NONE)
#elif SETTING == 7
#define NODES 2
#define FLIGHTS 1
#define OWNER(f) 0
#define ASKED(f) ONLY(1)
#define MEET(f, g) false
#define OUTRANKS(f, g) false
#define REPLACES(f) NONE
#elif SETTING == 8
#define NODES 2
#define FLIGHTS 3
#define OWNER(f) ((f) / 2)
#define ASKED(f) ONLY(1 - OWNER(f))
#define MEET(f, g) ((f) + (g) == 2 && (f) != 1)
#define OUTRANKS(f, g) ((f) < (g))
#define REPLACES(f) ((f) == 1 -> 0 : NONE)
#endif

mtype = { UNKNOWN, PROPOSED, PENDING, HELD, REFUSED, UNANSWERED, LAPSED, CONTESTED, ACCEPTED, WITHDRAWN, REPLACED };

#define AT(node, f) ((node) * FLIGHTS + (f))
#define STANDS(node, f) stands[AT(node, f)]

mtype stands[NODES * FLIGHTS]; /* where a node believes a flight stands; the owner's own belief is the truth */
byte asked[FLIGHTS];           /* who must assent: whom the terms name, and the owners of lapsed holds */

/* facts */
byte assents[FLIGHTS], refusals[FLIGHTS]; /* bit per node */
bool acceptance[FLIGHTS], withdrawal[FLIGHTS];

#ifdef LIVE
bool up = true;  /* the links; cut and healed a few times, in the end healed */
#define LINK up
#else
#define LINK true /* any fact may be left unread for as long as one likes */
#endif

/* Scratch of atomic steps; 0 between them, so that they add no states. */
hidden byte g, giving_way;
hidden byte clear, refusing, waiting;

/* as this node knows the flight, it keeps others out */
#define KEEPS_OUT(node, f) (STANDS(node, f) == PROPOSED || STANDS(node, f) == HELD || STANDS(node, f) == CONTESTED \
  || STANDS(node, f) == ACCEPTED)

inline look_before_proposing(f) {
  /* clear: nothing known stands in the way. Owners of lapsed holds are asked too. */
  refusing = false; asked[f] = ASKED(f); g = 0;
  do
  :: g < FLIGHTS ->
     if
     :: MEET(f, g) ->
        if
        :: KEEPS_OUT(OWNER(f), g) -> refusing = true
        :: STANDS(OWNER(f), g) == LAPSED ->
#ifdef BUG_FORGETLAPSE
           skip
#elif defined(BUG_LEASE)
           skip
#else
           asked[f] = asked[f] | ONLY(OWNER(g))
#endif
        :: else
        fi
     :: else
     fi;
     g++
  :: else -> break
  od;
  g = 0; clear = !refusing; refusing = false
}

inline look_before_answering(node, f) {
  /* refusing, waiting, or the own proposal that gives way (giving_way), or nothing of these: assent */
  refusing = false; waiting = false; giving_way = NONE; g = 0;
  do
  :: g < FLIGHTS ->
     if
     :: MEET(f, g) && OWNER(g) != OWNER(f) ->
        if
        :: STANDS(node, g) == ACCEPTED || STANDS(node, g) == CONTESTED -> refusing = true
#ifdef BUG_BOTHACK
        :: STANDS(node, g) == PROPOSED -> skip
#else
        :: STANDS(node, g) == PROPOSED && !OUTRANKS(f, g) -> refusing = true
#ifdef BUG_WITHDRAWN
        :: STANDS(node, g) == PROPOSED && OUTRANKS(f, g) -> skip
#else
        :: STANDS(node, g) == PROPOSED && OUTRANKS(f, g) -> giving_way = g
#endif
#endif
        :: STANDS(node, g) == HELD && !OUTRANKS(f, g) -> refusing = true
#ifdef BUG_NOWAIT
        :: STANDS(node, g) == HELD && OUTRANKS(f, g) -> skip
#else
        :: STANDS(node, g) == HELD && OUTRANKS(f, g) -> waiting = true
#endif
#ifndef BUG_FORGETLAPSE
#ifndef BUG_LEASE
        :: STANDS(node, g) == LAPSED && !(asked[f] & ONLY(OWNER(g))) -> refusing = true
#endif
#endif
        :: else
        fi
     :: else
     fi;
     g++
  :: else -> break
  od;
  g = 0
}

inline forget_scratch() { refusing = false; waiting = false; giving_way = 0; clear = false; g = 0 }

inline withdraw(f) {
  STANDS(OWNER(f), f) = WITHDRAWN;
#ifndef BUG_EARLYDEAD
  withdrawal[f] = true;
#endif
#ifdef BUG_EARLYSWAP
  if :: REPLACES(f) != NONE -> STANDS(OWNER(f), REPLACES(f)) = ACCEPTED :: else fi;
#endif
}

#ifdef BUG_STALE
#define COUNTED(f) (REPLACES(f) != NONE -> (assents[f] | assents[REPLACES(f)]) : assents[f])
#else
#define COUNTED(f) assents[f]
#endif
#define COMPLETE(f) ((COUNTED(f) & asked[f]) == asked[f] && (refusals[f] & asked[f]) == 0)

#ifdef BUG_SILENCE
#define MAY_ACCEPT(f) true
#elif defined(BUG_EARLYSWAP)
#define MAY_ACCEPT(f) COMPLETE(f)
#else
#define MAY_ACCEPT(f) (LINK && COMPLETE(f) && (REPLACES(f) == NONE || STANDS(OWNER(f), REPLACES(f)) == ACCEPTED))
#endif

proctype Owner(byte f) {
  do
  /* propose once; a change only of what is accepted */
  :: atomic { STANDS(OWNER(f), f) == UNKNOWN && (REPLACES(f) == NONE || STANDS(OWNER(f), REPLACES(f)) == ACCEPTED) ->
       look_before_proposing(f);
       if
       :: clear -> STANDS(OWNER(f), f) = PROPOSED;
#ifdef BUG_EARLYSWAP
          if :: REPLACES(f) != NONE -> STANDS(OWNER(f), REPLACES(f)) = REPLACED; withdrawal[REPLACES(f)] = true
             :: else fi;
#endif
          skip
#ifdef LIVE
       :: !clear -> STANDS(OWNER(f), f) = WITHDRAWN; withdrawal[f] = true /* given up; keeps runs finite */
#else
       :: !clear -> asked[f] = 0
#endif
       fi;
       forget_scratch() }
  :: atomic { STANDS(OWNER(f), f) == PROPOSED && MAY_ACCEPT(f) ->
       STANDS(OWNER(f), f) = ACCEPTED; acceptance[f] = true;
       if
       :: REPLACES(f) != NONE -> STANDS(OWNER(f), REPLACES(f)) = REPLACED; withdrawal[REPLACES(f)] = true
       :: else
       fi }
  /* refused, decide-by passed, nothing left to replace, or the operator wants it so */
#ifdef PATIENT
  :: atomic { STANDS(OWNER(f), f) == PROPOSED && LINK && (refusals[f] & asked[f]) != 0 -> withdraw(f) }
#else
  :: atomic { STANDS(OWNER(f), f) == PROPOSED -> withdraw(f) }
#endif
#ifndef LIVE
  :: atomic { STANDS(OWNER(f), f) == ACCEPTED && (acceptance[f] || REPLACES(f) == NONE) -> withdraw(f) }
#endif
  od
}

proctype Holder(byte node; byte f) {
  do
  :: atomic { STANDS(node, f) == UNKNOWN && LINK && STANDS(OWNER(f), f) != UNKNOWN && (asked[f] & ONLY(node)) ->
       STANDS(node, f) = PENDING }
#ifndef BUG_DEAF
  :: atomic { STANDS(node, f) == PENDING ->
       look_before_answering(node, f);
       if
       :: refusing -> STANDS(node, f) = REFUSED; refusals[f] = refusals[f] | ONLY(node)
#ifdef LIVE
       :: !refusing && waiting -> STANDS(node, f) = UNANSWERED /* its decide-by passed meanwhile */
#else
       :: !refusing && waiting -> skip
#endif
       :: !refusing && !waiting && giving_way != NONE -> withdraw(giving_way)
       :: !refusing && !waiting && giving_way == NONE ->
            STANDS(node, f) = HELD; assents[f] = assents[f] | ONLY(node)
#ifdef BUG_UNSYNCED
       /* the assent, and the withdrawal it rests on, leave; the store comes back without them */
       :: !refusing && !waiting ->
            if :: giving_way != NONE -> withdrawal[giving_way] = true :: else fi;
            assents[f] = assents[f] | ONLY(node)
#endif
       fi;
       forget_scratch() }
#endif
#ifndef PATIENT
  :: atomic { STANDS(node, f) == PENDING && !acceptance[f] && !withdrawal[f] -> STANDS(node, f) = UNANSWERED }
#endif
  :: atomic { STANDS(node, f) == HELD -> STANDS(node, f) = LAPSED }
  :: atomic { (STANDS(node, f) == HELD || STANDS(node, f) == LAPSED) && LINK && acceptance[f] ->
       STANDS(node, f) = ACCEPTED }
  :: atomic { (STANDS(node, f) == PENDING || STANDS(node, f) == REFUSED || STANDS(node, f) == UNANSWERED) && LINK && acceptance[f] -> STANDS(node, f) = CONTESTED }
  :: atomic { STANDS(node, f) != UNKNOWN && STANDS(node, f) != WITHDRAWN && LINK && withdrawal[f] ->
       STANDS(node, f) = WITHDRAWN }
  od
}

#ifdef LIVE
#define CUTS 2
proctype Link() {
  byte cut = 0;
  do
  :: atomic { up && cut < CUTS -> up = false; cut++ }
  :: atomic { !up -> up = true }
  od
}
#endif

#ifdef BUG_AMNESIA
proctype Restart(byte node) {
  do
  :: atomic { true ->
       g = 0;
       do
       :: g < FLIGHTS -> STANDS(node, g) = UNKNOWN; g++
       :: else -> break
       od;
       g = 0 }
  od
}
#endif

init {
  byte n = 0, f = 0;
  atomic {
    do
    :: n < NODES * FLIGHTS -> stands[n] = UNKNOWN; n++
    :: else -> break
    od;
    n = 0;
    do
    :: f < FLIGHTS ->
       run Owner(f);
       n = 0;
       do
       :: n < NODES -> if :: n != OWNER(f) -> run Holder(n, f) :: else fi; n++
       :: else -> break
       od;
#ifdef BUG_AMNESIA
       if :: f < NODES -> run Restart(f) :: else fi;
#endif
       f++
    :: else -> break
    od;
    n = 0; f = 0;
#ifdef LIVE
    run Link()
#endif
  }
}

#define TRUE_OF(f) (STANDS(OWNER(f), f) == ACCEPTED)
#define BOTH(f, g) (MEET(f, g) && TRUE_OF(f) && TRUE_OF(g))
#if FLIGHTS == 2
#define UNSAFE BOTH(0, 1)
#elif FLIGHTS == 3
#define UNSAFE (BOTH(0, 1) || BOTH(0, 2) || BOTH(1, 2))
#elif FLIGHTS == 4
#define UNSAFE (BOTH(0, 2) || BOTH(0, 3) || BOTH(1, 2) || BOTH(1, 3))
#elif FLIGHTS == 6
#define UNSAFE (BOTH(0, 2) || BOTH(0, 3) || BOTH(0, 4) || BOTH(0, 5) || BOTH(1, 2) || BOTH(1, 3) || BOTH(1, 4) \
  || BOTH(1, 5) || BOTH(2, 4) || BOTH(2, 5) || BOTH(3, 4) || BOTH(3, 5))
#else
#define UNSAFE false
#endif

#define DECIDED(f) (STANDS(OWNER(f), f) == ACCEPTED || STANDS(OWNER(f), f) == WITHDRAWN)

#ifdef LIVE
#ifdef PATIENT
ltl live { <> TRUE_OF(0) }
#else
ltl live { <> DECIDED(0) }
#endif
#else
ltl safe { [] !(UNSAFE) }
#endif
