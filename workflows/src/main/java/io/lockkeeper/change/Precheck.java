package io.lockkeeper.change;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.lockkeeper.limit.Limit;
import java.time.Duration;

/** Something that must hold before anything is done in an environment. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Precheck.OfLimit.class, name = "limit"),
  @JsonSubTypes.Type(value = Precheck.OfCheck.class, name = "check")
})
public sealed interface Precheck {

  /** How long it may take to come true. */
  Duration waits();

  /** A fact or a live figure. */
  record OfLimit(Limit limit, Duration waits) implements Precheck {}

  /** A check of the change, by name. */
  record OfCheck(String check, Duration waits) implements Precheck {}
}
