package io.lockkeeper.deploy.cli;

import io.lockkeeper.failure.LockkeeperException;
import io.lockkeeper.finding.FindingsException;
import io.lockkeeper.finding.Suggestion;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command line's way in. */
@Command(
    name = "lockkeeper",
    description = "Carries database changes from dev to production, and back.",
    mixinStandardHelpOptions = true,
    version = "lockkeeper 0.1.0",
    footerHeading = "%nWhere the server is, and who calls:%n",
    footer = {
      "  LOCKKEEPER_SERVER  URL of the API (http://127.0.0.1:8080)",
      "  LOCKKEEPER_TOKEN   made by lockkeeper token create; without it the administrator's of this",
      "                     user's own installation",
      "",
      "Exit codes:",
      "  0   reached what was asked",
      "  1   an unexpected fault",
      "  2   the promotion ended otherwise, or the journal does not verify",
      "  3   not found, refused, or findings",
      "  4   still running when the time given ended, or the wait was left",
      "  64  wrong usage",
      "  69  server or Temporal not reachable"
    },
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
      BackupCommand.class,
      UpCommand.class,
      DemoCommand.class,
      ApiCommand.class,
      WorkerCommand.class
    })
public final class Main implements Runnable {
  /** Wide enough that no path is broken. */
  private static final int HELP_WIDTH = 100;

  private static final Set<String> SERVICES = Set.of("up", "demo", "api", "worker");

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
    line.setUsageHelpWidth(HELP_WIDTH);
    line.setExecutionStrategy(Main::flushed);
    line.setParameterExceptionHandler(Main::misused);
    // An unknown enum value or a missing parameter is wrong usage, and ours is 64.
    settle(line);
    return line;
  }

  Optional<String> variable(String name) {
    return Optional.ofNullable(variables.get(name)).filter(value -> !value.isBlank());
  }

  /** Writers of commands keep what does not end with a line: nothing stays in them. */
  private static int flushed(ParseResult parsed) {
    refuseJsonOfServices(parsed);
    try {
      return new CommandLine.RunLast().execute(parsed);
    } finally {
      for (CommandLine line : parsed.asCommandLineList()) {
        line.getOut().flush();
        line.getErr().flush();
      }
    }
  }

  /** A service answers nobody at the command line. */
  private static void refuseJsonOfServices(ParseResult parsed) {
    List<CommandLine> lines = parsed.asCommandLineList();
    CommandLine last = lines.get(lines.size() - 1);
    boolean json = lines.get(0).getCommand() instanceof Main main && main.json();
    if (json && SERVICES.contains(last.getCommandName()) && !last.isUsageHelpRequested()) {
      throw new ParameterException(
          last, last.getCommandName() + " runs a service and prints no answer: leave --json out");
    }
  }

  /** What is wrong, what may have been meant, and where help is; not all of the help. */
  private static int misused(ParameterException e, String[] words) {
    CommandLine line = e.getCommandLine();
    String meant = "";
    if (e instanceof UnmatchedArgumentException unmatched && !unmatched.getUnmatched().isEmpty()) {
      List<String> known = new ArrayList<>(line.getSubcommands().keySet());
      line.getCommandSpec().options().forEach(option -> known.addAll(List.of(option.names())));
      meant = Suggestion.didYouMean(unmatched.getUnmatched().get(0), known);
    }
    line.getErr().println(e.getMessage() + meant);
    line.getErr().println(line.getCommandSpec().qualifiedName() + " --help tells how it is used");
    line.getErr().flush();
    return Exit.USAGE;
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
