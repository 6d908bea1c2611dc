/* push.pml: a device's commands, its acknowledgements, crashes, and a server that is restored from a backup
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One device gives N commands; messages are lost, both sides crash between any two durable steps, the server is restored
 * from its newest verified backup. At the end each command is in the server exactly once (promises P1 and P2, the restore
 * of section 9). Each of these makes it a wrong protocol, and must be caught:
 *
 *   NO_EPOCH           a restore is not told from an ordinary answer
 *   ACK_BEFORE_COMMIT  the reply leaves before the commit is durable
 *   FORGET_AT_ACK      the device lets go of a command as soon as it is acknowledged
 *   STABLE_TOO_EARLY   a backup counts before it was verified
 *   LATE_REPLIES       a reply counts whatever request it answers
 *   NEW_NUMBERS        after a lost reply the device sends its command under a new number
 */

#ifndef N
#define N 3
#endif
#define CRASHES 2
#define LOSSES 2
#define RESTORES 2
#define BACKUPS 2

#ifdef NO_EPOCH
#define SAME_EPOCH true
#else
#define SAME_EPOCH (c_epoch == s_epoch)
#endif

#ifdef LATE_REPLIES
#define NOT_OURS false
#else
#define NOT_OURS (!waiting || for_request != request)
#endif

mtype = { done, gap, other_epoch };

chan up = [1] of { byte, byte, byte, byte };         /* epoch, no, what it is, request */
chan down = [1] of { mtype, byte, byte, byte, byte }; /* kind, epoch, last, stable, request */

/* The server's disk. */
byte s_epoch = 1, s_last, s_stable;
byte s_did;              /* a bit for each command that took effect; by what it is, not by its number */
/* Backups: the newest verified one, and one that is being made. */
byte b_last, b_did;
byte m_last, m_did;
bool making;

/* The device's disk. What its numbers stand for is the same as the number, unless NEW_NUMBERS. */
byte c_epoch = 1, c_given, c_acked, c_kept_from = 1, c_shift;
/* The device's memory. */
bool waiting;
byte request;

byte crashes, losses, restores, backups;
/* Effect, number and result in one transaction. Never twice, at no moment. */
inline commit (number, command)
{
  assert ((s_did >> command & 1) == 0);
  s_last = number;
  s_did = s_did | (1 << command)
}

inline take_stable (stable)
{
#ifdef FORGET_AT_ACK
  c_kept_from = c_acked + 1;
#else
  if
  :: stable >= c_kept_from -> c_kept_from = (stable < c_acked -> stable : c_acked) + 1
  :: else
  fi
#endif
}

/* The acknowledged mark goes back; what lies above it is offered again. */
inline go_back_to (last)
{
  c_acked = (last < c_given -> last : c_given);
  assert (c_acked + 1 >= c_kept_from) /* else a command that the server lacks is nowhere any more */
}

active proctype system ()
{
  byte epoch, no, what, last, stable;
  byte for_request;
  mtype kind;

  do
  /* A person does something: durable at once. */
  :: c_given < N -> atomic { c_given++ }

  /* The device: one push in flight, oldest first. */
  :: atomic { !waiting && c_acked < c_given && nfull (up) ->
       request = (request + 1) % 4;
       up ! c_epoch, c_acked + 1 + c_shift, c_acked + 1, request;
       waiting = true }
  :: atomic { waiting && (losses < LOSSES || len (up) + len (down) == 0) -> /* gives up waiting, rightly or too early */
       losses = (len (up) + len (down) > 0 -> losses + 1 : losses);
       waiting = false;
#ifdef NEW_NUMBERS
       c_shift = 1
#endif
     }
  :: atomic { nempty (down) ->
       down ? kind, epoch, last, stable, for_request;
       if
       :: NOT_OURS -> skip /* late: dropped */
       :: else ->
            waiting = false;
            if
            :: kind == done -> if :: last - c_shift > c_acked -> c_acked = last - c_shift :: else fi; take_stable (stable)
            :: kind == gap -> go_back_to (last)
            :: kind == other_epoch -> c_epoch = epoch; go_back_to (last)
            fi
       fi }
  /* The device reads the feed, whose cursor has the epoch. */
#ifndef NO_EPOCH
  :: atomic { c_epoch != s_epoch && !waiting -> c_epoch = s_epoch; go_back_to (s_last) }
#endif
  :: atomic { crashes < CRASHES -> crashes++; waiting = false } /* the device */

  /* The server. */
  :: atomic { nempty (up) && nfull (down) ->
       up ? epoch, no, what, for_request;
       if
#ifndef NO_EPOCH
       :: epoch != s_epoch -> down ! other_epoch, s_epoch, s_last, s_stable, for_request
       :: epoch == s_epoch && no > s_last + 1 -> down ! gap, s_epoch, s_last, s_stable, for_request
       :: epoch == s_epoch && no <= s_last -> down ! done, s_epoch, s_last, s_stable, for_request
       :: epoch == s_epoch && no == s_last + 1 ->
#else
       :: no > s_last + 1 -> down ! gap, s_epoch, s_last, s_stable, for_request
       :: no <= s_last -> down ! done, s_epoch, s_last, s_stable, for_request
       :: no == s_last + 1 ->
#endif
            if
            :: true ->
                 commit (no, what);
                 down ! done, s_epoch, s_last, s_stable, for_request
            :: crashes < CRASHES -> /* after the commit, before the reply */
                 crashes++;
                 commit (no, what)
            :: crashes < CRASHES -> /* before the commit */
                 crashes++;
#ifdef ACK_BEFORE_COMMIT
                 down ! done, s_epoch, no, s_stable, for_request
#endif
            fi
       fi }
  :: atomic { nempty (up) && losses < LOSSES -> losses++; up ? _, _, _, _ }
  :: atomic { nempty (down) && losses < LOSSES -> losses++; down ? _, _, _, _, _ }

  /* Backups. */
  :: atomic { !making && backups < BACKUPS ->
       backups++;
       making = true;
       m_last = s_last;
       m_did = s_did;
#ifdef STABLE_TOO_EARLY
       s_stable = m_last
#endif
     }
  :: atomic { making -> /* verified: from now on a restore takes this one */
       making = false;
       b_last = m_last;
       b_did = m_did;
       if :: b_last > s_stable -> s_stable = b_last :: else fi }
  :: atomic { making -> making = false } /* found bad */
  :: atomic { restores < RESTORES ->
       restores++;
       making = false;
       s_last = b_last;
       s_did = b_did;
#ifndef NO_EPOCH
       s_epoch++;
#endif
       s_stable = b_last }

  /* Nothing is left to do. */
  :: c_given == N && c_acked == N && !waiting && len (up) == 0 && len (down) == 0 && SAME_EPOCH -> break
  od;
  assert (s_did == (1 << (N + 1)) - 2) /* all of them */
}
