package io.lockkeeper.section;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Statements that make, alter or drop objects other than columns, constraints and indexes. */
public sealed interface ObjectChange extends Meaning {

  @Override
  default Effect effect() {
    return Effect.CATALOG;
  }

  private static UnitKind unit(ObjectKind kind) {
    return switch (kind) {
      case MATERIALIZED_VIEW -> UnitKind.MATERIALIZED_VIEW;
      case POLICY -> UnitKind.POLICY;
      case FUNCTION, PROCEDURE, ROUTINE, AGGREGATE, TRIGGER -> UnitKind.ROUTINE;
      default -> UnitKind.OTHER;
    };
  }

  /**
   * {@code CREATE} of a table, view, materialized view, sequence, type, domain, schema, extension
   * or extended statistics.
   *
   * @param orReplace also locks what is there, until the transaction ends
   * @param furtherLocks on tables that it refers to
   * @param effect builds where it holds rows from the start
   */
  record Create(
      ObjectKind of,
      QualifiedName name,
      boolean orReplace,
      boolean ifNotExists,
      List<LockUse> furtherLocks,
      Effect effect)
      implements ObjectChange {
    public Create {
      furtherLocks = List.copyOf(furtherLocks);
    }

    @Override
    public List<LockUse> locks() {
      return furtherLocks;
    }

    @Override
    public UnitKind kind() {
      return unit(of);
    }

    @Override
    public String title() {
      return "create " + of.text() + " " + name.text();
    }
  }

  /**
   * {@code DROP} of what {@link Create} makes.
   *
   * @param cascade whether what depends on it goes too, which cannot be told from the statement
   */
  record Drop(ObjectKind of, List<QualifiedName> names, boolean ifExists, boolean cascade)
      implements ObjectChange {
    public Drop {
      names = List.copyOf(names);
    }

    @Override
    public List<LockUse> locks() {
      return of.relation()
          ? names.stream().map(name -> new LockUse(LockMode.ACCESS_EXCLUSIVE, name)).toList()
          : List.of();
    }

    @Override
    public Effect effect() {
      return Effect.DESTROYS;
    }

    /** A view, plain or materialized, can be made again from its tables. */
    @Override
    public boolean losesData() {
      return switch (of) {
        case TABLE, FOREIGN_TABLE, SEQUENCE, EXTENSION -> true;
        case TYPE, DOMAIN, SCHEMA -> cascade;
        default -> false;
      };
    }

    @Override
    public UnitKind kind() {
      return unit(of);
    }

    @Override
    public String title() {
      return "drop "
          + of.text()
          + " "
          + String.join(", ", names.stream().map(QualifiedName::text).toList());
    }
  }

  /** {@code REFRESH MATERIALIZED VIEW}; transactional also where it is concurrent. */
  record Refresh(QualifiedName view, boolean concurrently, boolean withData)
      implements ObjectChange {
    @Override
    public List<LockUse> locks() {
      return List.of(
          new LockUse(concurrently ? LockMode.EXCLUSIVE : LockMode.ACCESS_EXCLUSIVE, view));
    }

    @Override
    public Effect effect() {
      return withData ? Effect.REWRITES : Effect.DESTROYS;
    }

    @Override
    public UnitKind kind() {
      return UnitKind.MATERIALIZED_VIEW;
    }

    @Override
    public String title() {
      return "refresh materialized view " + view.text();
    }
  }

  /**
   * A routine with what tells it from others of its name.
   *
   * @param arguments as written, in parentheses, without their defaults; absent where the statement
   *     names the routine alone
   * @param types of the arguments that count, as written, comma-separated
   */
  record Signature(QualifiedName name, Optional<String> arguments, String types) {
    public String sql() {
      return name.sql() + arguments.orElse("");
    }

    /** As regprocedure reads it. */
    public String identity() {
      return name.sql() + "(" + types + ")";
    }
  }

  /**
   * {@code CREATE FUNCTION} and {@code CREATE PROCEDURE}.
   *
   * @param language in lower case; sql where none is written
   * @param securityDefiner runs with its owner's rights, so its search path must be fixed
   * @param searchPath what it sets for itself
   * @param volatility immutable, stable or volatile
   */
  record CreateRoutine(
      ObjectKind of,
      Signature signature,
      boolean orReplace,
      String language,
      boolean securityDefiner,
      Optional<String> searchPath,
      String volatility)
      implements ObjectChange {
    @Override
    public UnitKind kind() {
      return UnitKind.ROUTINE;
    }

    @Override
    public String title() {
      return "create " + of.text() + " " + signature.name().text();
    }
  }

  /** What {@code ALTER} does to an object besides its definition. */
  enum Aspect {
    NAME,
    SCHEMA,
    OWNER,
    DEFINITION
  }

  /**
   * {@code ALTER FUNCTION} and the like.
   *
   * @param to the new name, schema or owner, as the server folds it; empty for the definition
   */
  record AlterRoutine(ObjectKind of, Signature signature, Aspect aspect, String to)
      implements ObjectChange {
    @Override
    public UnitKind kind() {
      return UnitKind.ROUTINE;
    }

    @Override
    public String title() {
      return "alter " + of.text() + " " + signature.name().text();
    }
  }

  /** {@code DROP FUNCTION} and the like. */
  record DropRoutine(ObjectKind of, List<Signature> routines, boolean ifExists, boolean cascade)
      implements ObjectChange {
    public DropRoutine {
      routines = List.copyOf(routines);
    }

    @Override
    public Effect effect() {
      return Effect.DESTROYS;
    }

    @Override
    public UnitKind kind() {
      return UnitKind.ROUTINE;
    }

    @Override
    public String title() {
      return "drop "
          + of.text()
          + " "
          + String.join(", ", routines.stream().map(r -> r.name().text()).toList());
    }
  }

  /** What is done to a policy or a trigger. */
  enum Act {
    CREATE,
    ALTER,
    DROP;

    String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * {@code CREATE}, {@code ALTER} and {@code DROP} of a policy or a trigger.
   *
   * @param of policy, trigger or rule
   * @param renamedTo its new name, where an alter gives one
   * @param orReplace also of what is there
   * @param ifExists of a drop
   * @param reads tables that its expressions name
   */
  record OnTable(
      Act act,
      ObjectKind of,
      String name,
      QualifiedName table,
      Optional<String> renamedTo,
      boolean orReplace,
      boolean ifExists,
      boolean cascade,
      List<QualifiedName> reads)
      implements ObjectChange {
    public OnTable {
      reads = List.copyOf(reads);
    }

    /** Making a trigger lets readers pass; all else keeps everybody out. */
    @Override
    public List<LockUse> locks() {
      boolean makesTrigger = of == ObjectKind.TRIGGER && act == Act.CREATE;
      List<LockUse> locks = new ArrayList<>();
      locks.add(
          new LockUse(
              makesTrigger ? LockMode.SHARE_ROW_EXCLUSIVE : LockMode.ACCESS_EXCLUSIVE, table));
      reads.forEach(read -> locks.add(new LockUse(LockMode.ACCESS_SHARE, read)));
      return Meaning.strongest(locks);
    }

    @Override
    public Effect effect() {
      return act == Act.DROP ? Effect.DESTROYS : Effect.CATALOG;
    }

    @Override
    public UnitKind kind() {
      return unit(of);
    }

    @Override
    public String title() {
      return act.text() + " " + of.text() + " " + name + " on " + table.text();
    }
  }

  /**
   * {@code GRANT} and {@code REVOKE}.
   *
   * @param privileges in upper case, in order: {@code SELECT}, {@code ALL}; of a membership the
   *     roles
   * @param of what they are on; absent for memberships and for what is not understood
   * @param objects as written: {@code public.contacts}, {@code f(uuid)}
   * @param identities the same as regclass or regprocedure reads them; empty where not plain
   * @param roles who gets or loses them, as written
   * @param ofAll whether the objects are schemas, and all of the kind in them is meant
   * @param plain whether what it changes can be read from these objects alone
   */
  record Privileges(
      boolean grants,
      List<String> privileges,
      Optional<ObjectKind> of,
      List<String> objects,
      List<String> identities,
      List<String> roles,
      boolean ofAll,
      boolean plain)
      implements ObjectChange {
    public Privileges {
      privileges = List.copyOf(privileges);
      objects = List.copyOf(objects);
      identities = List.copyOf(identities);
      roles = List.copyOf(roles);
    }

    @Override
    public String title() {
      return (grants ? "grant " : "revoke ")
          + String.join(", ", privileges).toLowerCase(Locale.ROOT)
          + (objects.isEmpty() ? "" : " on " + String.join(", ", objects));
    }
  }

  /**
   * {@code COMMENT ON}.
   *
   * @param of absent for kinds that are not understood
   * @param object as written: {@code positions.opened_at}, {@code p ON t}
   * @param name of the object, where it has one that may be qualified
   * @param identity of a routine, as regprocedure reads it; of others empty
   * @param part column, policy, trigger or constraint of {@code name}
   */
  record Comment(
      Optional<ObjectKind> of,
      String words,
      String object,
      Optional<QualifiedName> name,
      String identity,
      Optional<String> part)
      implements ObjectChange {
    @Override
    public List<LockUse> locks() {
      if (of.isEmpty() || name.isEmpty()) {
        return List.of();
      }
      LockMode mode =
          part.isPresent() && of.get() != ObjectKind.COLUMN
              ? LockMode.ACCESS_SHARE
              : LockMode.SHARE_UPDATE_EXCLUSIVE;
      boolean relation = of.get().relation() || part.isPresent();
      return relation ? List.of(new LockUse(mode, name.get())) : List.of();
    }

    @Override
    public String title() {
      return "comment on " + words + " " + object;
    }
  }

  /**
   * {@code ALTER TYPE … ADD VALUE}: what is added cannot be used before it commits, nor removed.
   */
  record AddValue(QualifiedName type, boolean ifNotExists) implements ObjectChange {
    @Override
    public boolean alone() {
      return true;
    }

    @Override
    public String title() {
      return "alter type " + type.text() + " add value";
    }
  }

  /**
   * {@code ALTER DATABASE} and {@code ALTER ROLE} with {@code SET} or {@code RESET}: what sessions
   * that begin later have.
   *
   * @param role as the server folds it; absent where it is for all
   * @param database absent where it is for all
   * @param setting absent where all are reset
   */
  record StoredSetting(Optional<String> role, Optional<String> database, Optional<String> setting)
      implements ObjectChange {
    @Override
    public String title() {
      return "alter "
          + role.map(name -> "role " + name)
              .or(() -> database.map(name -> "database " + name))
              .orElse("all roles")
          + " set "
          + setting.orElse("all");
    }
  }

  /**
   * Other changes of other objects: {@code ALTER TYPE}, {@code ALTER ROLE}, {@code CREATE RULE}.
   */
  record Settle(String title) implements ObjectChange {}
}
