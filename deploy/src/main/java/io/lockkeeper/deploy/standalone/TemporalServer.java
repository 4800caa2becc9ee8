package io.lockkeeper.deploy.standalone;

import io.lockkeeper.failure.FailureCode;
import io.lockkeeper.failure.LockkeeperException;
import io.lockkeeper.temporal.TemporalConnection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A Temporal server of ours, with its UI, over one file. Started again where it ends by itself. */
public final class TemporalServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TemporalServer.class);
  private static final Duration START = Duration.ofSeconds(60);
  private static final Duration STOP = Duration.ofSeconds(5);
  private static final Duration RETENTION = Duration.ofDays(90);
  private static final String PID = "temporal.pid";

  /**
   * A server of one process has one shard, which by default looks 20 times a second for tasks to
   * hand out, for all workflows together: each act of a workflow then waits up to 50 ms.
   */
  private static final String TASKS_A_SECOND = "history.transferProcessorMaxPollRPS=1000";

  private static final Path SETSID = Path.of("/usr/bin/setsid");

  private final List<String> command;
  private final Path log;
  private final Path pidFile;
  private final int port;
  private Process process;
  private boolean closed;

  private TemporalServer(List<String> command, Path log, Path pidFile, int port, Process process) {
    this.command = command;
    this.log = log;
    this.pidFile = pidFile;
    this.port = port;
    this.process = process;
  }

  /**
   * Starts, waits until it answers, and sets its retention.
   *
   * @param folder of its file; kept
   * @param uiPort of its UI
   */
  public static TemporalServer start(Path binary, Path folder, Path log, int uiPort) {
    int port = Ports.free();
    List<String> command =
        List.of(
            binary.toString(),
            "server",
            "start-dev",
            "--ip",
            "127.0.0.1",
            "--port",
            Integer.toString(port),
            "--ui-port",
            Integer.toString(uiPort),
            "--db-filename",
            folder.resolve("temporal.db").toString(),
            "--dynamic-config-value",
            TASKS_A_SECOND,
            "--log-level",
            "error");
    Path pidFile = folder.resolve(PID);
    try {
      endOrphan(folder);
      TemporalServer server =
          new TemporalServer(command, log, pidFile, port, launch(command, log, pidFile));
      server.watch();
      server.prepare();
      return server;
    } catch (IOException e) {
      throw new LockkeeperException(
          FailureCode.TEMPORAL_UNREACHABLE,
          "starting Temporal by " + binary,
          String.valueOf(e.getMessage()),
          "nothing was started",
          "Look into " + log,
          e);
    }
  }

  public String address() {
    return "127.0.0.1:" + port;
  }

  @Override
  public synchronized void close() {
    closed = true;
    end(process.toHandle());
  }

  private void prepare() {
    try (TemporalConnection connection = TemporalConnection.of(address(), START, START)) {
      connection.setRetention(RETENTION);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /** A server that dies while we live is started again: its file has everything. */
  private void watch() {
    var ignored = process.onExit().thenAccept(ended -> relaunch(ended.exitValue()));
  }

  private synchronized void relaunch(int code) {
    if (closed) {
      return;
    }
    LOG.warn("Temporal ended with {}: starting it again", code);
    try {
      TimeUnit.SECONDS.sleep(1);
      process = launch(command, log, pidFile);
      watch();
    } catch (IOException e) {
      LOG.error("Temporal cannot be started again", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * In a session of its own where the system has the command: Ctrl-C at the terminal is for us
   * alone, and we end the server after those who use it.
   */
  private static Process launch(List<String> command, Path log, Path pidFile) throws IOException {
    List<String> words = new ArrayList<>(command);
    if (Files.isExecutable(SETSID)) {
      words.add(0, SETSID.toString());
    }
    Process process =
        new ProcessBuilder(words)
            .redirectErrorStream(true)
            .redirectOutput(Redirect.appendTo(log.toFile()))
            .start();
    Files.writeString(pidFile, Long.toString(process.pid()));
    return process;
  }

  /** Ends a server that an earlier process of ours left behind when it was killed. */
  static void endOrphan(Path folder) {
    Path pidFile = folder.resolve(PID);
    long pid;
    try {
      if (!Files.exists(pidFile)) {
        return;
      }
      pid = Long.parseLong(Files.readString(pidFile).strip());
    } catch (IOException e) {
      throw new UncheckedIOException("reading " + pidFile, e);
    }
    ProcessHandle.of(pid)
        .filter(
            orphan ->
                orphan.info().commandLine().filter(c -> c.contains(folder.toString())).isPresent())
        .ifPresent(TemporalServer::end);
  }

  private static void end(ProcessHandle process) {
    process.destroy();
    try {
      process.onExit().get(STOP.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException | ExecutionException e) {
      process.destroyForcibly();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.destroyForcibly();
    }
  }
}
