package io.lockkeeper.activities.backup;

import io.lockkeeper.activities.postgres.Running;
import io.lockkeeper.activities.postgres.Target;
import io.lockkeeper.activities.settings.TargetSettings.BackupSettings;
import java.util.Optional;

/** The ways in which backups of a target are made now, and were made earlier. */
final class Ways {
  private final Target target;
  private final String environment;
  private final BackupSettings settings;
  private final BackupStore store;
  private final Running running;
  private final ClientTool tool;

  Ways(
      Target target,
      String environment,
      BackupSettings settings,
      BackupStore store,
      Running running,
      ClientTool tool) {
    this.target = target;
    this.environment = environment;
    this.settings = settings;
    this.store = store;
    this.running = running;
    this.tool = tool;
  }

  /** That of the worker's file. */
  Way now() {
    return switch (settings.kind()) {
      case PG_DUMP -> dump();
      case TEMPLATE -> new CopyWay(target, running);
      case COMMAND -> command().orElseThrow();
    };
  }

  /** That of a manifest; nothing where the worker's file does not tell enough any more. */
  Optional<Way> of(Manifest manifest) {
    return switch (manifest.how()) {
      case DumpWay.HOW -> Optional.of(dump());
      case CopyWay.HOW -> Optional.of(new CopyWay(target, running));
      case CommandWay.HOW -> command().map(way -> way);
      default -> Optional.empty();
    };
  }

  DumpWay dump() {
    return new DumpWay(target, store, settings, running, tool);
  }

  Optional<CommandWay> command() {
    return settings
        .commands()
        .map(commands -> new CommandWay(target, environment, commands, running, tool));
  }
}
