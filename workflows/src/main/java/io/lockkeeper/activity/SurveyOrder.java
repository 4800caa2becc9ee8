package io.lockkeeper.activity;

import java.util.Optional;

/**
 * A look at a target before anything is asked for.
 *
 * @param change hash of the bundle
 * @param target of the environment; absent where it has only one
 */
public record SurveyOrder(String change, String environment, Optional<String> target) {}
