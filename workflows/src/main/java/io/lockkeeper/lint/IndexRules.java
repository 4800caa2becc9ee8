package io.lockkeeper.lint;

import io.lockkeeper.section.Meaning.CreateIndex;
import io.lockkeeper.section.Meaning.DropIndex;
import io.lockkeeper.section.Meaning.Reindex;
import io.lockkeeper.section.Token;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** How indexes are built and dropped. */
final class IndexRules {
  /** What moves without being called. */
  private static final Set<String> MOVING =
      Set.of(
          "current_date",
          "current_time",
          "current_timestamp",
          "localtime",
          "localtimestamp",
          "current_user",
          "session_user",
          "current_role");

  /** Functions whose value moves, which an index predicate refuses (pg_proc.provolatile). */
  private static final Set<String> MOVING_CALLS =
      Set.of(
          "now",
          "age",
          "clock_timestamp",
          "statement_timestamp",
          "transaction_timestamp",
          "timeofday",
          "random",
          "gen_random_uuid",
          "uuid_generate_v4",
          "nextval",
          "currval",
          "txid_current",
          "current_setting");

  private IndexRules() {}

  static void check(Place place) {
    if (place.meaning() instanceof CreateIndex index) {
      build(place, index);
    } else if (place.meaning() instanceof DropIndex drop) {
      drop(place, drop);
    } else if (place.meaning() instanceof Reindex reindex) {
      reindex(place, reindex);
    }
  }

  private static void build(Place place, CreateIndex index) {
    predicate(place);
    boolean ours = place.before().made(index.table());
    if (index.concurrently() && place.before().partitioned(index.table()) && !index.only()) {
      place.tell(
          Hazard.PARTITIONED_BUILD,
          "\""
              + index.table().text()
              + "\" is partitioned, and no index is built concurrently on it",
          perPartition(index));
    } else if (index.concurrently() && index.ifNotExists()) {
      passesOver(place);
    } else if (!index.concurrently() && !index.only() && !ours) {
      plain(place, index);
    }
    if (index.unique() && index.concurrently() && !ours) {
      place.tell(
          Hazard.UNIQUE_BUILD,
          "the build of " + index.name() + " fails where two rows are equal",
          duplicates(index));
    }
  }

  private static void passesOver(Place place) {
    int from = Words.find(place.tokens(), "if", "not", "exists").orElseThrow();
    place.tell(
        Hazard.IF_NOT_EXISTS,
        place.tokens().get(0),
        "IF NOT EXISTS passes over an index that a failed build left INVALID: remove it; the"
            + " ledger makes running again safe",
        Optional.of(without(place, from)));
    place.remove(Hazard.IF_NOT_EXISTS, from, from + 3);
  }

  private static String without(Place place, int from) {
    int base = place.tokens().get(0).offset();
    String text = place.statement().text();
    return text.substring(0, place.tokens().get(from).offset() - base)
        + text.substring(place.tokens().get(from + 3).offset() - base)
        + ";";
  }

  private static void plain(Place place, CreateIndex index) {
    int at = Words.find(place.tokens(), "index").orElseThrow();
    Token word = place.tokens().get(at);
    String concurrently = place.with(word, " CONCURRENTLY") + ";";
    OptionalInt passes =
        index.ifNotExists()
            ? Words.find(place.tokens(), "if", "not", "exists")
            : OptionalInt.empty();
    place.tell(
        Hazard.PLAIN_INDEX_BUILD,
        "building "
            + index.name()
            + " keeps writers of "
            + index.table().text()
            + " waiting until it is done: write CREATE INDEX CONCURRENTLY",
        concurrently.replaceFirst("(?i)(CONCURRENTLY\\s+)IF\\s+NOT\\s+EXISTS\\s+", "$1"));
    place.insert(Hazard.PLAIN_INDEX_BUILD, word, " CONCURRENTLY");
    passes.ifPresent(from -> place.remove(Hazard.PLAIN_INDEX_BUILD, from, from + 3));
  }

  private static String perPartition(CreateIndex index) {
    String table = Names.sql(index.table());
    String unique = index.unique() ? "UNIQUE " : "";
    String name = Names.sql(index.name());
    String schema = index.table().schema().map(s -> Names.sql(s) + ".").orElse("");
    return "CREATE "
        + unique
        + "INDEX "
        + name
        + " ON ONLY "
        + table
        + " "
        + index.rest()
        + ";\n"
        + "-- for each partition, each in a section of its own:\n"
        + "CREATE "
        + unique
        + "INDEX CONCURRENTLY PARTITION_INDEX ON PARTITION "
        + index.rest()
        + ";\n"
        + "ALTER INDEX "
        + schema
        + name
        + " ATTACH PARTITION PARTITION_INDEX;";
  }

  /** Of plain columns; an expression is left to its author. */
  private static String duplicates(CreateIndex index) {
    String rest = index.rest();
    int open = rest.indexOf('(');
    int close = rest.indexOf(')');
    String columns = open < 0 || close < open ? "" : rest.substring(open + 1, close).trim();
    boolean plain = columns.matches("[A-Za-z_][A-Za-z0-9_]*(\\s*,\\s*[A-Za-z_][A-Za-z0-9_]*)*");
    String predicate = rest.substring(Math.max(0, close + 1)).trim();
    boolean where = predicate.regionMatches(true, 0, "where ", 0, 6);
    String grouped = plain ? columns : "COLUMNS";
    return "SELECT "
        + grouped
        + ", count(*) FROM "
        + Names.sql(index.table())
        + (where ? " " + predicate : "")
        + " GROUP BY "
        + grouped
        + " HAVING count(*) > 1;";
  }

  private static void predicate(Place place) {
    List<Token> tokens = place.tokens();
    boolean inPredicate = false;
    for (int at = 0; at < tokens.size(); at++) {
      Token token = tokens.get(at);
      inPredicate |= Words.is(token, "where");
      if (inPredicate && moves(tokens, at)) {
        place.tell(
            Hazard.MOVING_PREDICATE,
            token,
            "an index predicate must be immutable and "
                + token.text().toUpperCase(Locale.ROOT)
                + " is not: the server refuses it. Compare with a column or a constant",
            Optional.empty());
        return;
      }
    }
  }

  private static boolean moves(List<Token> tokens, int at) {
    if (tokens.get(at).kind() != Token.Kind.WORD) {
      return false;
    }
    String word = tokens.get(at).text().toLowerCase(Locale.ROOT);
    boolean called = at + 1 < tokens.size() && Words.isSymbol(tokens.get(at + 1), '(');
    return MOVING.contains(word) || (called && MOVING_CALLS.contains(word));
  }

  private static void drop(Place place, DropIndex drop) {
    boolean ours = drop.indexes().stream().allMatch(name -> place.before().madeIndex(name.name()));
    if (drop.concurrently() || (ours && !place.script().back())) {
      return;
    }
    Token word = place.tokens().get(1);
    String fix = place.with(word, " CONCURRENTLY") + ";";
    String message =
        "dropping "
            + String.join(", ", drop.indexes().stream().map(n -> n.text()).toList())
            + " waits for every query on its table, and all others wait behind it: write DROP INDEX"
            + " CONCURRENTLY";
    if (drop.indexes().size() == 1 && !drop.cascade()) {
      place.tell(Hazard.PLAIN_INDEX_DROP, message, fix);
      place.insert(Hazard.PLAIN_INDEX_DROP, word, " CONCURRENTLY");
    } else {
      place.tell(Hazard.PLAIN_INDEX_DROP, message);
    }
  }

  private static void reindex(Place place, Reindex reindex) {
    if (reindex.concurrently() || reindex.of().equals("system")) {
      return;
    }
    String message = "REINDEX keeps others waiting until it is done: write REINDEX … CONCURRENTLY";
    Optional<Token> word =
        place.tokens().stream().filter(token -> Words.is(token, reindex.of())).findFirst();
    word.ifPresentOrElse(
        token -> {
          place.tell(Hazard.PLAIN_REINDEX, message, place.with(token, " CONCURRENTLY") + ";");
          place.insert(Hazard.PLAIN_REINDEX, token, " CONCURRENTLY");
        },
        () -> place.tell(Hazard.PLAIN_REINDEX, message));
  }
}
