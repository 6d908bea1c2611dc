/* copy.pml: a first copy is read in pages while others write
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The replica reads all rows by id, a page at a time, into tables of its own; rows are made, changed and deleted meanwhile, in
 * front of the page and behind it. It notes the feed's place at the first page, goes through the feed from there until it
 * has passed the last page, and swaps. From the swap on it is what the server was at its cursor, and so at the end what
 * the server is (section 9). Each of these makes it a wrong protocol, and must be caught:
 *
 *   FROM_THE_LAST_PAGE  the feed is gone through from the last page on
 *   SWAP_AT_ONCE        the tables are swapped before the feed was gone through
 *   OLD_PAGES           a page from before the cursor is taken while the feed is being gone through
 */

#define ROWS 3
#ifndef CHANGES
#define CHANGES 4
#endif

/* The server; version 0: no such row. What each change left is kept: the feed, and what the server was at each place. */
byte version[ROWS];
byte head;
byte f_row[CHANGES], f_version[CHANGES];

byte copy[ROWS];
byte next_row, from, highest, cursor;
bool noted, swapped, again;
byte late_row, late_version;
bool late;

byte i, at, was;

/* What a row was at a place of the feed: its last change before it. */
inline row_at (row, place)
{
  was = 0;
  at = 0;
  if :: row < 2 -> was = 1 :: else fi; /* rows 0 and 1 were there from the beginning */
  do
  :: at < place -> if :: f_row[at] == row -> was = f_version[at] :: else fi; at++
  :: else -> break
  od;
  at = 0
}

inline check_all ()
{
  i = 0;
  do
  :: i < ROWS -> row_at (i, cursor); assert (copy[i] == was); i++
  :: else -> break
  od;
  i = 0;
  was = 0
}

active proctype system ()
{
  byte row, last;

  version[0] = 1;
  version[1] = 1;
  do
  :: atomic { head < CHANGES ->
       if :: row = 0 :: row = 1 :: row = 2 fi;
       f_row[head] = row;
       if
       :: version[row] == 0 || true -> version[row] = head + 2 /* made or changed: versions only grow */
       :: version[row] != 0 -> version[row] = 0 /* deleted */
       fi;
       f_version[head] = version[row];
       head++;
       row = 0 }

  /* A page: one row. */
  :: atomic { next_row < ROWS ->
       if :: !noted -> noted = true; from = head :: else fi;
       copy[next_row] = version[next_row];
       highest = head;
       next_row++;
       if
       :: next_row == ROWS ->
#ifdef FROM_THE_LAST_PAGE
            cursor = head
#else
            cursor = from
#endif
       :: else
       fi }
#ifdef OLD_PAGES
  /* A page that was on its way all the time. */
  :: atomic { next_row == ROWS && !swapped && !late -> late = true; late_row = 0; late_version = version[0] }
  :: atomic { late && late_row < ROWS -> copy[late_row] = late_version; late_row = ROWS }
#endif

  /* Through the feed, and on after the swap. */
  :: atomic { next_row == ROWS && cursor < head ->
       copy[f_row[cursor]] = f_version[cursor];
       cursor++;
       if :: swapped -> check_all () :: else fi }
#ifdef SWAP_AT_ONCE
  :: atomic { next_row == ROWS && !swapped -> swapped = true; check_all () }
#else
  :: atomic { next_row == ROWS && !swapped && cursor >= highest -> swapped = true; check_all () }
#endif

  :: swapped && head == CHANGES && cursor == head -> break
  od;
  check_all ();
  i = 0;
  do
  :: i < ROWS -> assert (copy[i] == version[i]); i++
  :: else -> break
  od
}
