package io.lockkeeper.environment;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a target looks like now, as far as it matters for one change. Sizes are bytes, ages seconds.
 *
 * @param at on the target's clock
 * @param tables that the change touches and that are there, largest first
 * @param indexes that the change makes, in order
 * @param invalid indexes of these tables that a failed build left, whoever began it
 * @param transactions of others that have been open for longer than {@link #LONG}, oldest first:
 *     concurrent builds wait for them
 * @param diskFree where the server keeps its data
 * @param noDisk why that is not known; absent where it is
 * @param backup the newest that was verified; absent where there is none, or nobody asked
 * @param look what the times of the change hang on; absent in surveys of earlier workers
 */
public record Survey(
    Instant at,
    List<Table> tables,
    List<Index> indexes,
    List<Invalid> invalid,
    List<Transaction> transactions,
    Optional<Long> diskFree,
    Optional<String> noDisk,
    Optional<Backup> backup,
    Optional<TargetLook> look) {
  /** From when on a transaction counts as long. */
  public static final Duration LONG = Duration.ofMinutes(1);

  /**
   * A table; of a partitioned one all its partitions together.
   *
   * @param rows as the server estimates them (pg_class.reltuples); zero before the first ANALYZE,
   *     also of a single partition
   * @param size with its indexes (pg_total_relation_size)
   */
  public record Table(String name, long rows, long size) {}

  /**
   * A planned index.
   *
   * @param there whether something of its name is there already
   * @param forecast how large it will be: rows, widths and repetitions of its columns by the
   *     server's statistics (pg_stats), in pages filled to nine tenths. A predicate is not counted,
   *     so it is an upper bound for a partial index. Absent where there are no statistics
   */
  public record Index(String name, String table, boolean there, Optional<Long> forecast) {}

  /** An index that is not valid and that nobody builds now. */
  public record Invalid(String name, String table, long size) {}

  /** Somebody's open transaction. */
  public record Transaction(int pid, String user, String application, String state, double age) {}

  /**
   * A verified backup: what is known of how long option B takes before there is one of this
   * change's own.
   *
   * @param takenAt on the target's clock
   * @param restoreSeconds how long restoring it took then; absent where that was not measured
   */
  public record Backup(String id, Instant takenAt, Optional<Double> restoreSeconds) {}

  /** The same, with the newest verified backup. */
  public Survey with(Backup newest) {
    return new Survey(
        at, tables, indexes, invalid, transactions, diskFree, noDisk, Optional.of(newest), look);
  }

  /** The same, with what the times of the change hang on. */
  public Survey with(TargetLook around) {
    return new Survey(
        at, tables, indexes, invalid, transactions, diskFree, noDisk, backup, Optional.of(around));
  }

  public Survey {
    tables = List.copyOf(tables);
    indexes = List.copyOf(indexes);
    invalid = List.copyOf(invalid);
    transactions = List.copyOf(transactions);
  }

  /** Of all planned indexes that are not there yet. */
  public long forecast() {
    return indexes.stream()
        .filter(index -> !index.there())
        .mapToLong(index -> index.forecast().orElse(0L))
        .sum();
  }
}
