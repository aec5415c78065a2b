/**
 * Model versions: format, reader, writer and storage.
 *
 * <p>A version is a folder of row files and a manifest that names them, its parent and the data
 * behind it. A reader goes from {@link io.millrace.model.version.VersionCatalog} to a {@link
 * io.millrace.model.version.VersionChain} to the rows in its files. The format is described in
 * {@code docs/version-format.md}.
 */
@NullMarked
package io.millrace.model.version;

import org.jspecify.annotations.NullMarked;
