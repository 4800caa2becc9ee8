package io.lockkeeper.deploy.standalone;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What {@code up} was asked for.
 *
 * @param home the checkout, where examples and the pinned Temporal are
 * @param environments a worker's file instead of the embedded default
 * @param policy house rules instead of the embedded default's five people
 * @param port of the API
 * @param uiPort of Temporal's UI
 * @param ephemeral whether a Temporal that forgets everything at the end is good enough
 * @param fixtureScale share of an example's rows, 1 for all
 * @param fresh whether everything but the example's template is made anew
 */
public record StandaloneOptions(
    Path home,
    Path data,
    Optional<Path> environments,
    Optional<Path> policy,
    int port,
    int uiPort,
    Optional<String> example,
    boolean ephemeral,
    double fixtureScale,
    boolean fresh) {}
