package org.encore.proximity;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.FieldType;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexOptions;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.NoMergePolicy;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.store.ByteBuffersDirectory;

/** An index of titles in memory: a number and a text a document, and the words again in a field without positions. */
final class Titles implements Closeable {
    private final ByteBuffersDirectory directory = new ByteBuffersDirectory();
    private final DirectoryReader reader;
    final IndexSearcher searcher;

    /** Indexes the titles, a new segment after every {@code segment} of them. */
    Titles(int segment, List<String> titles) throws IOException {
        IndexWriterConfig config = new IndexWriterConfig(new MarkedWords()).setMergePolicy(NoMergePolicy.INSTANCE);
        FieldType words = new FieldType();
        words.setIndexOptions(IndexOptions.DOCS_AND_FREQS);
        words.setTokenized(true);
        words.freeze();
        try (IndexWriter writer = new IndexWriter(directory, config)) {
            for (int i = 0; i < titles.size(); i++) {
                Document document = new Document();
                document.add(new TextField("title", titles.get(i), Field.Store.NO));
                document.add(new Field("words", titles.get(i), words));
                document.add(new NumericDocValuesField("number", i));
                writer.addDocument(document);
                if (i % segment == segment - 1) {
                    writer.flush();
                }
            }
        }
        reader = DirectoryReader.open(directory);
        searcher = new IndexSearcher(reader);
        searcher.setQueryCache(null);
    }

    static Titles of(String... titles) throws IOException {
        return new Titles(Integer.MAX_VALUE, List.of(titles));
    }

    @Override
    public void close() throws IOException {
        reader.close();
        directory.close();
    }
}
