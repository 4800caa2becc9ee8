package io.lockkeeper.promotion;

import io.temporal.common.SearchAttributeKey;
import java.util.List;

/** The keywords that promotions carry in Temporal; ten are all that an SQL store has. */
public final class SearchAttributes {
  public static final SearchAttributeKey<String> CHANGE = SearchAttributeKey.forKeyword("LkChange");
  public static final SearchAttributeKey<String> ENVIRONMENT =
      SearchAttributeKey.forKeyword("LkEnvironment");
  public static final SearchAttributeKey<String> STAGE = SearchAttributeKey.forKeyword("LkStage");
  public static final SearchAttributeKey<String> STATUS = SearchAttributeKey.forKeyword("LkStatus");
  public static final SearchAttributeKey<String> AWAITING =
      SearchAttributeKey.forKeyword("LkAwaiting");
  public static final SearchAttributeKey<String> REQUESTED_BY =
      SearchAttributeKey.forKeyword("LkRequestedBy");

  private SearchAttributes() {}

  /** All of them: one that is not registered wedges every workflow that sets it. */
  public static List<SearchAttributeKey<String>> all() {
    return List.of(CHANGE, ENVIRONMENT, STAGE, STATUS, AWAITING, REQUESTED_BY);
  }
}
