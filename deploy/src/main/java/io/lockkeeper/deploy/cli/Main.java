package io.lockkeeper.deploy.cli;

import io.lockkeeper.failure.LockkeeperException;
import io.lockkeeper.finding.FindingsException;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;

/** The command line's way in. */
@Command(
    name = "lockkeeper",
    description = "Carries database changes from dev to production, and back.",
    mixinStandardHelpOptions = true,
    version = "lockkeeper 0.1.0",
    subcommands = {
      LintCommand.class,
      PlanCommand.class,
      PushCommand.class,
      PromoteCommand.class,
      StatusCommand.class,
      ListCommand.class,
      SignOffCommand.class,
      ActCommands.Acknowledge.class,
      ActCommands.Pause.class,
      ActCommands.Resume.class,
      ActCommands.Retry.class,
      ActCommands.Extend.class,
      ActCommands.Abort.class,
      ActCommands.Rollback.class,
      ReportCommand.class,
      JournalCommand.class,
      EnvironmentsCommand.class,
      TokenCommand.class,
      KeyCommand.class,
      DoctorCommand.class,
      UpCommand.class,
      DemoCommand.class,
      ApiCommand.class,
      WorkerCommand.class
    })
public final class Main implements Runnable {
  /** Where a debugging person turns stack traces on. */
  private static final String DEBUG = "LOCKKEEPER_DEBUG";

  @Option(
      names = "--json",
      description = "print exactly what the API answered",
      scope = CommandLine.ScopeType.INHERIT)
  private boolean json;

  private final Map<String, String> variables;

  Main() {
    this(System.getenv());
  }

  private Main(Map<String, String> variables) {
    this.variables = Map.copyOf(variables);
  }

  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    return commandLine(System.getenv());
  }

  /**
   * @param variables of the environment
   */
  static CommandLine commandLine(Map<String, String> variables) {
    CommandLine line = new CommandLine(new Main(variables));
    line.setExecutionExceptionHandler(handler());
    line.setExecutionStrategy(Main::flushed);
    // An unknown enum value or a missing parameter is wrong usage, and ours is 64.
    settle(line);
    return line;
  }

  Optional<String> variable(String name) {
    return Optional.ofNullable(variables.get(name)).filter(value -> !value.isBlank());
  }

  /** Writers of commands keep what does not end with a line: nothing stays in them. */
  private static int flushed(ParseResult parsed) {
    try {
      return new CommandLine.RunLast().execute(parsed);
    } finally {
      for (CommandLine line : parsed.asCommandLineList()) {
        line.getOut().flush();
        line.getErr().flush();
      }
    }
  }

  @Override
  public void run() {
    CommandLine.usage(this, System.err);
    throw new UsageException();
  }

  boolean json() {
    return json;
  }

  /** Usage was printed already. */
  private static final class UsageException extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  private static void settle(CommandLine line) {
    line.getCommandSpec().exitCodeOnInvalidInput(Exit.USAGE);
    line.getCommandSpec().exitCodeOnExecutionException(Exit.FAULT);
    line.getSubcommands().values().forEach(Main::settle);
  }

  private static IExecutionExceptionHandler handler() {
    return (failure, line, parsed) -> {
      if (failure instanceof UsageException) {
        return Exit.USAGE;
      }
      if (System.getenv(DEBUG) != null) {
        failure.printStackTrace(line.getErr());
      }
      if (failure instanceof LockkeeperException known) {
        line.getErr().println(known.text());
        return Exit.of(known.code());
      }
      if (failure instanceof FindingsException findings) {
        findings.findings().forEach(finding -> line.getErr().println(finding.text()));
        return Exit.REFUSED;
      }
      line.getErr()
          .println(
              "unexpected fault: "
                  + failure
                  + ". This should not happen: set "
                  + DEBUG
                  + "=1 and run it again for what is behind it");
      return Exit.FAULT;
    };
  }
}
