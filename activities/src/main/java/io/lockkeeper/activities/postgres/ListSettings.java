package io.lockkeeper.activities.postgres;

import java.util.Locale;
import java.util.Set;

/**
 * Settings whose value is a list of quoted names: as one literal it would be one name. Source:
 * GUC_LIST_QUOTE in guc.c (PostgreSQL 15), as pg_dump knows it.
 */
public final class ListSettings {
  private static final Set<String> NAMES =
      Set.of(
          "local_preload_libraries",
          "search_path",
          "session_preload_libraries",
          "shared_preload_libraries",
          "temp_tablespaces",
          "unix_socket_directories");

  private ListSettings() {}

  public static boolean has(String name) {
    return NAMES.contains(name.toLowerCase(Locale.ROOT));
  }
}
