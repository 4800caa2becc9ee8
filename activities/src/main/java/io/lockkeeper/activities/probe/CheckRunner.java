package io.lockkeeper.activities.probe;

import io.lockkeeper.activities.http.HttpRequests;
import io.lockkeeper.activities.http.HttpRequests.Answer;
import io.lockkeeper.activities.log.LogFile;
import io.lockkeeper.activities.postgres.SqlFailures;
import io.lockkeeper.activities.postgres.Target;
import io.lockkeeper.activities.settings.EnvironmentSettings;
import io.lockkeeper.blob.Sha256;
import io.lockkeeper.change.Check;
import io.lockkeeper.failure.LockkeeperException;
import io.lockkeeper.limit.Judgement;
import io.lockkeeper.limit.Judgement.Truth;
import io.lockkeeper.limit.Limit;
import io.lockkeeper.limit.LimitJudge;
import io.lockkeeper.limit.Reading;
import io.lockkeeper.step.Verdict;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Makes checks. A check that could not be made is never as good as one that passed. */
public final class CheckRunner {
  /** Of a recorded or compared result; a check is not a report. */
  private static final int MAX_ROWS = 10_000;

  /** Of rows that do not add up: a session that rests tells of its own after ten seconds. */
  private static final int COUNT_AGAIN = 10;

  private final EnvironmentSettings environment;
  private final Target target;
  private final HttpRequests requests;

  public CheckRunner(EnvironmentSettings environment, Target target, HttpRequests requests) {
    this.environment = environment;
    this.target = target;
    this.requests = requests;
  }

  /**
   * What a check found.
   *
   * @param digest of the result, to be compared with another time's
   * @param text the result itself, for an attachment; holds rows, so it goes nowhere else
   */
  public record Found(Verdict verdict, String sentence, String digest, String text) {}

  /**
   * What is known from before the change.
   *
   * @param digest of the result then; absent where it was not made
   * @param mark where the log stood; absent for other checks
   * @param settings values of its settings; absent where they were not read, and then they are now
   * @param kept rows of its tables; empty where they were not counted
   */
  public record Before(
      Optional<String> digest,
      Optional<String> mark,
      Optional<Map<String, String>> settings,
      List<KeptRows> kept) {
    public static final Before NOTHING =
        new Before(Optional.empty(), Optional.empty(), Optional.empty(), List.of());

    public Before {
      kept = List.copyOf(kept);
    }

    /** What a baseline knows of a check, with the mark of the stage that makes it. */
    public static Before of(Check check, BaselineRecord baseline, Optional<String> mark) {
      return new Before(
          Optional.ofNullable(baseline.results().get(check.name())),
          mark,
          Optional.ofNullable(baseline.settings().get(check.name())),
          baseline.kept().getOrDefault(check.name(), List.of()));
    }
  }

  /** As {@link #make(Check, Before)}, for a check without settings. */
  public Found make(Check check, Optional<String> digest, Optional<String> mark) {
    return make(check, new Before(digest, mark, Optional.empty(), List.of()));
  }

  /** Makes one check. */
  public Found make(Check check, Before before) {
    try {
      if (check.source() instanceof Check.Kept kept) {
        return kept(kept, before.kept());
      }
      return judge(check, look(check, before), before.digest());
    } catch (SQLException e) {
      return error("the query failed: " + SqlFailures.text(e));
    } catch (IOException e) {
      return new Found(
          Verdict.INCONCLUSIVE, "the log cannot be read: " + e.getClass().getSimpleName(), "", "");
    } catch (LockkeeperException e) {
      return error(e.text());
    }
  }

  /** Judges a check on a log by lines that were counted already. */
  public static Found judge(Check check, Reading matches, Before before) {
    return judge(check, counted(matches), before.digest());
  }

  /** Values of the settings of a check, as they are now. */
  public Map<String, String> settings(Check check) throws SQLException {
    return target.read(connection -> SqlProbe.values(connection, check.session().set()));
  }

  /** Rows of tables of which none may be lost. */
  public List<KeptRows> count(Check.Kept kept) throws SQLException {
    return target.read(connection -> KeptRows.count(connection, kept.tables()));
  }

  /** What does not add up at once may do so once every session has told of its rows. */
  private Found kept(Check.Kept kept, List<KeptRows> before) throws SQLException {
    if (before.isEmpty()) {
      return new Found(Verdict.INCONCLUSIVE, "the rows before the change are not known", "", "");
    }
    Found found = compared(before, count(kept));
    for (int i = 0; i < COUNT_AGAIN && found.verdict() != Verdict.PASS; i++) {
      found = compared(before, count(kept));
    }
    return found;
  }

  private static Found compared(List<KeptRows> before, List<KeptRows> now) {
    List<Verdict> verdicts = new ArrayList<>();
    List<String> sentences = new ArrayList<>();
    for (KeptRows table : now) {
      KeptRows.Told told =
          before.stream()
              .filter(b -> b.table().equals(table.table()))
              .findFirst()
              .map(table::since)
              .orElse(new KeptRows.Told(Verdict.INCONCLUSIVE, table.table() + " is another table"));
      verdicts.add(told.verdict());
      sentences.add(told.sentence());
    }
    String sentence = String.join("; ", sentences);
    return new Found(Verdict.worst(verdicts), sentence, "", String.join("\n", sentences) + "\n");
  }

  /**
   * What a check sees.
   *
   * @param readings by short metric
   * @param text canonical form of the whole
   */
  private record Result(Map<String, Reading> readings, String text, boolean judgedByItself) {}

  private Result look(Check check, Before before) throws SQLException, IOException {
    if (check.source() instanceof Check.Sql sql) {
      Map<String, String> settings =
          before.settings().isPresent() ? before.settings().get() : settings(check);
      return query(sql.sql(), new Viewer(check.session().as(), settings));
    }
    if (check.source() instanceof Check.Http http) {
      Answer answer = requests.get(http.url());
      Map<String, Reading> readings = new LinkedHashMap<>();
      // An application that does not answer has been looked at: its status is none.
      readings.put("status", new Reading.Figure(answer.status()));
      readings.put("body", new Reading.Words(answer.body()));
      return new Result(readings, answer.status() + "\n" + answer.body(), true);
    }
    return counted(matches((Check.Log) check.source(), before.mark()));
  }

  private Reading matches(Check.Log log, Optional<String> mark) throws IOException {
    LogFile file = LogFile.of(environment, log.log());
    return mark.isPresent()
        ? new Reading.Figure(file.count(mark.get(), Pattern.compile(log.match())).matches())
        : new Reading.Missing("it is not known where the log stood before");
  }

  private static Result counted(Reading matches) {
    long lines = matches instanceof Reading.Figure figure ? (long) figure.value() : 0;
    return new Result(Map.of("matches", matches), Long.toString(lines), true);
  }

  private Result query(String sql, Viewer viewer) throws SQLException {
    return target.read(
        connection -> SqlProbe.inReadOnly(connection, viewer, () -> query(connection, sql)));
  }

  private static Result query(Connection connection, String sql) throws SQLException {
    StringBuilder text = new StringBuilder();
    long rows = 0;
    @Nullable String first = null;
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(SqlProbe.OURS + SqlProbe.single(sql))) {
      int columns = result.getMetaData().getColumnCount();
      while (result.next() && rows < MAX_ROWS) {
        List<String> values = new ArrayList<>();
        for (int i = 1; i <= columns; i++) {
          values.add(String.valueOf(result.getString(i)));
        }
        if (rows == 0) {
          first = result.getString(1);
        }
        rows++;
        text.append(String.join(" | ", values)).append('\n');
      }
    }
    Map<String, Reading> readings = new LinkedHashMap<>();
    readings.put("rows", new Reading.Figure(rows));
    readings.put("value", value(first));
    return new Result(readings, text.toString(), false);
  }

  private static Reading value(@Nullable String first) {
    if (first == null) {
      return new Reading.Missing("the query gave no value");
    }
    try {
      return new Reading.Figure(Double.parseDouble(first));
    } catch (NumberFormatException e) {
      return new Reading.Words(first);
    }
  }

  private static Found judge(Check check, Result result, Optional<String> before) {
    String digest = Sha256.hex(result.text());
    List<Limit> limits = new ArrayList<>(check.expect());
    if (limits.isEmpty() && result.judgedByItself() && !check.unchanged()) {
      limits.add(Limit.parse(check.isHttp() ? "status = 200" : "matches = 0"));
    }
    List<Verdict> verdicts = new ArrayList<>();
    List<String> sentences = new ArrayList<>();
    for (Limit limit : limits) {
      Reading reading =
          result
              .readings()
              .getOrDefault(limit.metric(), new Reading.Missing("this check does not see it"));
      Judgement judgement =
          LimitJudge.judge(limit, limit.metric(), reading, OptionalDouble.empty(), 0);
      verdicts.add(verdict(judgement.truth()));
      sentences.add(judgement.sentence());
    }
    if (check.unchanged()) {
      boolean same = before.isPresent() && before.get().equals(digest);
      verdicts.add(before.isEmpty() ? Verdict.INCONCLUSIVE : same ? Verdict.PASS : Verdict.FAIL);
      sentences.add(
          before.isEmpty()
              ? "the result before the change is not known"
              : same ? "as before the change" : "not as before the change");
    }
    if (sentences.isEmpty()) {
      sentences.add("kept as evidence");
    }
    return new Found(Verdict.worst(verdicts), String.join("; ", sentences), digest, result.text());
  }

  private static Verdict verdict(Truth truth) {
    return switch (truth) {
      case YES, NOT_APPLICABLE -> Verdict.PASS;
      case NO -> Verdict.FAIL;
      case WITHIN_NOISE, UNKNOWN -> Verdict.INCONCLUSIVE;
    };
  }

  private static Found error(String sentence) {
    return new Found(Verdict.ERROR, sentence, "", "");
  }
}
