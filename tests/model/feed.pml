/* feed.pml: what a user may see, how it changes, and the pages that bring it
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rows move between two scopes and are deleted; what a user is granted changes; a replica follows by pages of one change,
 * which are computed at one moment and applied at a later one. When nothing moves any more the replica holds the rows that
 * its user may see, each as it is (promise P4, sections 6 and 9); at no moment after it was told of new grants does it hold a
 * row of a scope that it lost, and no row of it ever becomes older. Each of these makes it a wrong protocol, and must be caught:
 *
 *   ROWS_FIRST      a page filtered by the new grants comes to a replica that has not been told of them
 *   NO_VERSIONS     a row of a granted scope replaces a newer one
 *   NO_LEAVE        a row that moves out of sight is left out of the feed instead of being taken away
 *   NEW_SCOPE_ONLY  a change is filtered by the row's scope now, not by its scopes before and after
 *   NO_FETCH        a newly granted scope is not fetched: only its later changes come
 */

#define ROWS 2
#ifndef CHANGES
#define CHANGES 4
#endif
#define GRANTS 2
#define GONE 2   /* the scope of a deleted row */
#define MAY(grants, scope) ((scope) != GONE && ((grants) >> (scope) & 1) == 1)

/* The server. A change: the row, its scope before and after; its place is its number. */
byte scope[ROWS], version[ROWS];
byte head;
byte f_row[CHANGES], f_old[CHANGES], f_new[CHANGES], f_version[CHANGES];
byte granted = 1, grants_ver, n_grants;

/* The replica. */
bool has[ROWS];
byte r_scope[ROWS], r_version[ROWS];
byte cursor, r_ver, r_granted = 1;

/* A page on its way: at most one. */
mtype = { nothing, page_grants, page_put, page_leave, page_skip };
mtype page = nothing;
byte p_row, p_scope, p_version, p_cursor, p_ver, p_granted;
byte p_scopes[ROWS], p_versions[ROWS]; /* of page_grants: all rows, of which the added scope's are taken */

byte i;

inline change (row, to)
{
  f_row[head] = row;
  f_old[head] = scope[row];
  f_new[head] = to;
  version[row]++;
  f_version[head] = version[row];
  scope[row] = to;
  head++
}

inline put (row, its_scope, its_version)
{
  if
#ifndef NO_VERSIONS
  :: its_version < r_version[row] -> skip
#endif
  :: else -> assert (its_version >= r_version[row]); has[row] = true; r_scope[row] = its_scope; r_version[row] = its_version
  fi
}

active proctype system ()
{
  byte row;

  has[0] = true;
  has[1] = true; /* both rows in scope 0, which is granted */

  do
  /* Somebody works. */
  :: atomic { head < CHANGES ->
       if :: row = 0 :: row = 1 fi;
       if
       :: scope[row] != GONE -> change (row, 1 - scope[row])  /* moves */
       :: scope[row] != GONE -> change (row, scope[row])      /* is changed */
       :: scope[row] != GONE -> change (row, GONE)            /* is deleted */
       :: scope[row] == GONE -> skip
       fi;
       row = 0 }
  /* Grants change. */
  :: atomic { n_grants < GRANTS ->
       n_grants++;
       grants_ver++;
       if :: granted = 0 :: granted = 1 :: granted = 2 :: granted = 3 fi }

  /* The server answers a pull, from one snapshot. */
  :: atomic { page == nothing && (r_ver != grants_ver || cursor < head) ->
       if
#ifndef ROWS_FIRST
       :: r_ver != grants_ver ->
            page = page_grants;
            p_ver = grants_ver;
            p_granted = granted;
            i = 0;
            do
            :: i < ROWS -> p_scopes[i] = scope[i]; p_versions[i] = version[i]; i++
            :: else -> break
            od;
            i = 0
       :: r_ver == grants_ver && cursor < head ->
#else
       :: cursor == head -> p_ver = grants_ver; p_cursor = cursor; p_granted = granted; page = page_skip
       :: cursor < head ->
            p_granted = granted;
#endif
            p_ver = grants_ver;
            p_row = f_row[cursor];
            p_version = f_version[cursor];
            p_scope = f_new[cursor];
            p_cursor = cursor + 1;
            if
#ifdef NEW_SCOPE_ONLY
            :: MAY (granted, scope[p_row]) -> page = page_put
            :: !MAY (granted, scope[p_row]) -> page = page_skip
#else
            :: MAY (granted, f_new[cursor]) -> page = page_put
            :: !MAY (granted, f_new[cursor]) && MAY (granted, f_old[cursor]) ->
#ifdef NO_LEAVE
                 page = page_skip
#else
                 page = page_leave
#endif
            :: !MAY (granted, f_new[cursor]) && !MAY (granted, f_old[cursor]) -> page = page_skip
#endif
            fi
       fi }

  /* It is lost on the way; the replica asks again. */
  :: atomic { page != nothing && head + n_grants < CHANGES + GRANTS -> page = nothing }

  /* The replica applies it, in one transaction. */
  :: atomic { page != nothing ->
       if
       :: page == page_put -> put (p_row, p_scope, p_version)
       :: page == page_leave && p_version >= r_version[p_row] -> has[p_row] = false; r_version[p_row] = p_version
       :: page == page_leave && p_version < r_version[p_row] -> skip
       :: page == page_skip -> skip
       :: page == page_grants ->
            i = 0;
            do
            :: i < ROWS ->
                 if
                 :: has[i] && !MAY (p_granted, r_scope[i]) -> has[i] = false
                 :: else
                 fi;
#ifndef NO_FETCH
                 if
                 :: MAY (p_granted, p_scopes[i]) && !MAY (r_granted, p_scopes[i]) -> put (i, p_scopes[i], p_versions[i])
                 :: else
                 fi;
#endif
                 i++
            :: else -> break
            od;
            i = 0;
            r_granted = p_granted
       fi;
       if
       :: page != page_grants -> cursor = p_cursor
       :: else
       fi;
       r_ver = p_ver;
#ifdef ROWS_FIRST
       r_granted = p_granted;
#endif
       page = nothing;
       /* What was taken away is not here. */
       assert (!(has[0] && !MAY (r_granted, r_scope[0])) && !(has[1] && !MAY (r_granted, r_scope[1]))) }

  :: page == nothing && r_ver == grants_ver && cursor == head -> break
  od;

  i = 0;
  do
  :: i < ROWS ->
       assert (has[i] == MAY (granted, scope[i]));
       assert (!has[i] || (r_version[i] == version[i] && r_scope[i] == scope[i]));
       i++
  :: else -> break
  od
}
