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
   * Makes one check.
   *
   * @param before digest of the result before the change; absent where it was not made
   * @param mark where the log stood; absent for other checks
   */
  public Found make(Check check, Optional<String> before, Optional<String> mark) {
    try {
      Result result = look(check, mark);
      return judge(check, result, before);
    } catch (SQLException e) {
      return error("the query failed: " + SqlFailures.text(e));
    } catch (IOException e) {
      return new Found(
          Verdict.INCONCLUSIVE, "the log cannot be read: " + e.getClass().getSimpleName(), "", "");
    } catch (LockkeeperException e) {
      return error(e.text());
    }
  }

  /**
   * What a check sees.
   *
   * @param readings by short metric
   * @param text canonical form of the whole
   */
  private record Result(Map<String, Reading> readings, String text, boolean judgedByItself) {}

  private Result look(Check check, Optional<String> mark) throws SQLException, IOException {
    if (check.source() instanceof Check.Sql sql) {
      return query(sql.sql());
    }
    if (check.source() instanceof Check.Http http) {
      Answer answer = requests.get(http.url());
      Map<String, Reading> readings = new LinkedHashMap<>();
      // An application that does not answer has been looked at: its status is none.
      readings.put("status", new Reading.Figure(answer.status()));
      readings.put("body", new Reading.Words(answer.body()));
      return new Result(readings, answer.status() + "\n" + answer.body(), true);
    }
    Check.Log log = (Check.Log) check.source();
    LogFile file = LogFile.of(environment, log.log());
    long matches = mark.isPresent() ? file.matches(mark.get(), Pattern.compile(log.match())) : 0;
    Reading reading =
        mark.isPresent()
            ? new Reading.Figure(matches)
            : new Reading.Missing("it is not known where the log stood before");
    return new Result(Map.of("matches", reading), Long.toString(matches), true);
  }

  private Result query(String sql) throws SQLException {
    return target.read(connection -> SqlProbe.inReadOnly(connection, () -> query(connection, sql)));
  }

  private static Result query(Connection connection, String sql) throws SQLException {
    StringBuilder text = new StringBuilder();
    long rows = 0;
    @Nullable String first = null;
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(SqlProbe.single(sql))) {
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
