package dev.priok.registry.internal;

import dev.priok.database.Schema;
import java.util.List;

/** The tables of the catalog. Times are milliseconds since 1970; a kind of reference is 0 for a blob, 1 for a listed manifest. */
final class CatalogTables {
    static final Schema SCHEMA = new Schema("registry", List.of("""
            CREATE TABLE registry_repository (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, updated INTEGER NOT NULL);
            CREATE TABLE registry_manifest (
              repository INTEGER NOT NULL, digest TEXT NOT NULL, media_type TEXT NOT NULL, artifact_type TEXT NOT NULL,
              subject TEXT, annotations TEXT NOT NULL, size INTEGER NOT NULL, pushed INTEGER NOT NULL, bytes BLOB NOT NULL,
              UNIQUE (repository, digest));
            CREATE INDEX registry_manifest_subject ON registry_manifest (repository, subject, digest) WHERE subject IS NOT NULL;
            CREATE TABLE registry_tag (
              repository INTEGER NOT NULL, name TEXT NOT NULL, digest TEXT NOT NULL, pushed INTEGER NOT NULL, pulled INTEGER,
              PRIMARY KEY (repository, name)) WITHOUT ROWID;
            CREATE INDEX registry_tag_digest ON registry_tag (repository, digest);
            CREATE TABLE registry_blob (
              repository INTEGER NOT NULL, digest TEXT NOT NULL, size INTEGER NOT NULL, linked INTEGER NOT NULL,
              PRIMARY KEY (repository, digest)) WITHOUT ROWID;
            CREATE INDEX registry_blob_digest ON registry_blob (digest);
            CREATE TABLE registry_reference (
              repository INTEGER NOT NULL, target TEXT NOT NULL, manifest TEXT NOT NULL, kind INTEGER NOT NULL,
              PRIMARY KEY (repository, target, manifest, kind)) WITHOUT ROWID;
            CREATE INDEX registry_reference_manifest ON registry_reference (repository, manifest);
            CREATE TABLE registry_upload (
              id TEXT PRIMARY KEY, repository TEXT NOT NULL, started INTEGER NOT NULL) WITHOUT ROWID;
            """, """
            CREATE TABLE registry_damage (
              digest TEXT PRIMARY KEY, size INTEGER NOT NULL, found INTEGER NOT NULL, repositories TEXT NOT NULL) WITHOUT ROWID;
            CREATE TABLE registry_done (what TEXT PRIMARY KEY, time INTEGER NOT NULL) WITHOUT ROWID;
            """));

    private CatalogTables() {}
}
