package io.lockkeeper.deploy.matrix;

import io.lockkeeper.deploy.fixture.Parts;
import io.lockkeeper.deploy.matrix.Cell.Result;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/** Runs cells, several beside each other, on one installation. */
final class KillMatrix {
  private KillMatrix() {}

  /** Every cell; whether a statement outlives the fault goes in turn. */
  static List<Cell> all() {
    List<Cell> cells = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      for (Moment moment : Moment.values()) {
        for (Fault fault : Fault.values()) {
          boolean outlives = (kind.ordinal() + moment.ordinal() + fault.ordinal()) % 2 == 0;
          cells.add(new Cell(kind, moment, fault, outlives));
        }
      }
    }
    return cells;
  }

  /**
   * Runs them.
   *
   * @param lanes how many at once
   * @param told of each result as it comes
   */
  static List<Result> run(
      Path folder, Collection<Cell> cells, int lanes, Consumer<List<Result>> told) {
    Queue<Cell> todo = new ConcurrentLinkedQueue<>(cells);
    List<Result> results = new ArrayList<>();
    ExecutorService threads = Executors.newFixedThreadPool(lanes);
    try (Parts parts = Parts.start(folder)) {
      List<Lane> open = new ArrayList<>();
      for (int i = 1; i <= lanes; i++) {
        open.add(Lane.open(parts, "lane" + i));
      }
      List<CompletableFuture<Void>> running =
          open.stream()
              .map(
                  lane -> CompletableFuture.runAsync(() -> run(lane, todo, results, told), threads))
              .toList();
      try {
        running.forEach(CompletableFuture::join);
      } finally {
        open.forEach(Lane::close);
      }
    } finally {
      threads.shutdownNow();
    }
    return results;
  }

  private static void run(
      Lane lane, Queue<Cell> todo, List<Result> results, Consumer<List<Result>> told) {
    lane.ready();
    for (Cell cell = todo.poll(); cell != null; cell = todo.poll()) {
      Result result = cell.run(lane);
      synchronized (results) {
        results.add(result);
        told.accept(results);
      }
    }
  }
}
