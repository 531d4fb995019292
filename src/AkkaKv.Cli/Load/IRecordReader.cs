namespace AkkaKv.Cli.Load;

/// <summary>Reads a file record by record, never more than one into memory.</summary>
internal interface IRecordReader
{
    /// <summary>Bytes of the file taken so far; may be read by another thread.</summary>
    long BytesRead { get; }

    IEnumerable<LoadItem> Read();
}
