package io.lockkeeper.activities.postgres;

import io.lockkeeper.section.QualifiedName;

/**
 * A relation of that name in the catalog. Source: pg_class, pg_index, pg_stat_progress_create_index
 * (PostgreSQL 12+).
 *
 * @param index whether it is an index at all
 * @param valid indisvalid, indisready and indislive
 * @param definition pg_get_indexdef; empty where it is no index
 * @param builder backend that builds it now; zero for none
 */
record FoundIndex(
    long oid,
    boolean index,
    QualifiedName table,
    boolean valid,
    String definition,
    int builder,
    long size,
    long scans) {}
