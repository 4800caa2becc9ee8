package io.lockkeeper.section;

import io.lockkeeper.section.RowChange.Block;
import io.lockkeeper.section.RowChange.Copy;
import io.lockkeeper.section.RowChange.Lock;
import io.lockkeeper.section.RowChange.Query;
import io.lockkeeper.section.RowChange.Setting;
import io.lockkeeper.section.RowChange.Truncate;
import io.lockkeeper.section.RowChange.Write;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Reads statements about rows and about the session. */
final class RowReader {
  private final Statement statement;
  private final TokenReader tokens;

  RowReader(Statement statement, TokenReader tokens) {
    this.statement = statement;
    this.tokens = tokens;
  }

  /** Nothing where it is something else. */
  Optional<Meaning> read() {
    Token first = statement.tokens().get(0);
    String word = first.isSymbol('(') ? "select" : first.text().toLowerCase(Locale.ROOT);
    return switch (word) {
      case "select", "with", "values", "table", "explain", "insert", "update", "delete", "merge" ->
          Optional.of(rows());
      case "truncate" -> Optional.of(truncate());
      case "copy" -> Optional.of(copy());
      case "lock" -> Optional.of(lock());
      case "do" -> Optional.of(block());
      case "set", "reset" -> Optional.of(setting());
      default -> Optional.empty();
    };
  }

  private Meaning rows() {
    TablesRead read = TablesRead.of(statement.tokens());
    if (!read.targets().isEmpty()) {
      return new Write(read.targets(), read.reads(), read.locksRows(), read.deletes());
    }
    // SELECT … INTO makes a table.
    List<Token> all = statement.tokens();
    for (int at = 0; at + 1 < all.size() && all.get(0).is("select"); at++) {
      if (all.get(at).is("into") && all.get(at + 1).isName()) {
        return new Meaning.Other("select into");
      }
    }
    return new Query(read.reads(), read.locksRows(), read.calls());
  }

  private Meaning truncate() {
    tokens.skip("truncate");
    tokens.skip("table");
    List<QualifiedName> tables = Clauses.names(tokens);
    boolean cascade = tokens.rest().stream().anyMatch(token -> token.is("cascade"));
    return new Truncate(tables, cascade);
  }

  private Meaning copy() {
    tokens.skip("copy");
    tokens.skip("binary");
    Optional<QualifiedName> table = Optional.empty();
    if (tokens.nextIsName()) {
      table = Optional.of(tokens.qualifiedName());
      tokens.skipGroup();
    } else {
      tokens.skipGroup();
    }
    boolean in = tokens.skip("from");
    if (!in) {
      tokens.expect("to");
    }
    return new Copy(table, in, tokens.skip("program"));
  }

  private Meaning lock() {
    tokens.skip("lock");
    tokens.skip("table");
    List<QualifiedName> tables = Clauses.names(tokens);
    LockMode mode = LockMode.ACCESS_EXCLUSIVE;
    if (tokens.skip("in")) {
      mode = mode();
    }
    return new Lock(tables, mode);
  }

  private LockMode mode() {
    for (LockMode mode : LockMode.values()) {
      TokenReader ahead = new TokenReader(tokens.rest());
      if (ahead.skip(mode.text().split(" ")) && ahead.skip("mode")) {
        return mode;
      }
    }
    return LockMode.ACCESS_EXCLUSIVE;
  }

  private Meaning block() {
    List<Token> all = statement.tokens();
    for (int at = 0; at + 1 < all.size(); at++) {
      if (all.get(at).is("language")) {
        return new Block(all.get(at + 1).name());
      }
    }
    return new Block("plpgsql");
  }

  private Meaning setting() {
    boolean resets = tokens.skip("reset");
    if (!resets) {
      tokens.skip("set");
    }
    boolean local = tokens.skip("local");
    tokens.skip("session");
    // SET CONSTRAINTS and SET TRANSACTION end with their transaction.
    local |= tokens.nextIs("constraints") || tokens.nextIs("transaction");
    return new Setting(tokens.qualifiedName().text(), local, resets);
  }
}
