package io.lockkeeper.change;

import io.lockkeeper.change.BackupRule.How;
import io.lockkeeper.yaml.YamlMap;
import io.lockkeeper.yaml.YamlValue;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Reads {@code backup}: a word, or a mapping. */
final class BackupReader {
  private static final List<String> WORDS = List.of("none", "taken", "verified", "latest");
  private static final List<String> ELSEWHERE = List.of("max_age", "from");

  private final RelatedChanges related;

  BackupReader(RelatedChanges related) {
    this.related = related;
  }

  Optional<BackupRule> read(YamlValue value) {
    if (!value.isMap()) {
      return how(value).map(BackupRule::of);
    }
    YamlMap map = value.map(ChangeKeys.BACKUP);
    boolean elsewhere = ELSEWHERE.stream().anyMatch(map::has);
    Optional<How> how =
        map.has("how")
            ? map.get("how").flatMap(BackupReader::how)
            : Optional.of(elsewhere ? How.LATEST : How.VERIFIED);
    return how.filter(h -> fits(map, h)).map(h -> rule(map, h));
  }

  private static Optional<How> how(YamlValue value) {
    return value.oneOf(WORDS).map(word -> How.valueOf(word.toUpperCase(Locale.ROOT)));
  }

  /** Whether each key has something to say about it. */
  private static boolean fits(YamlMap map, How how) {
    boolean fits = true;
    for (String key : ELSEWHERE) {
      if (how != How.LATEST && map.has(key)) {
        fits &= refused(map, key, "it is for a backup that was taken elsewhere: write how: latest");
      }
    }
    if (how == How.LATEST && map.has("name")) {
      fits &= refused(map, "name", "one that was taken elsewhere has its name already");
    }
    for (String key : List.of("name", "within")) {
      if (how == How.NONE && map.has(key)) {
        fits &= refused(map, key, "nothing is backed up: leave it out");
      }
    }
    return fits;
  }

  private static boolean refused(YamlMap map, String key, String why) {
    map.get(key).ifPresent(value -> value.error("idle-key", why));
    return false;
  }

  private BackupRule rule(YamlMap map, How how) {
    return new BackupRule(
        how,
        map.get("name").flatMap(name -> name.parsed("odd-name", BackupName::parse)),
        how == How.LATEST
            ? map.get("max_age")
                .flatMap(ProbeReader::duration)
                .or(() -> Optional.of(BackupRule.MAX_AGE))
            : Optional.empty(),
        map.get("within").flatMap(ProbeReader::duration),
        map.get("from").flatMap(related::backedUp));
  }
}
