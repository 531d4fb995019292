using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Transfer;

/// <summary>How far a partition is copied, as a fact: <c>transfer/&lt;partition&gt;</c>.</summary>
/// <param name="Epoch">Of the configuration: in another one it says nothing.</param>
/// <param name="Cursor">All before it is durable here.</param>
/// <param name="IsCopied">All of the source's is.</param>
internal sealed record CopyRecord(long Epoch, NodeId Source, long Cursor, bool IsCopied)
{
    private const byte Format = 1;
    private const int NameBytesMax = 1024;

    public static string FactOf(int partition) => $"transfer/{partition}";

    public ReadOnlyMemory<byte> Encode()
    {
        var writer = new ByteWriter(64);
        writer.Byte(Format);
        writer.VarInt((ulong)Epoch);
        writer.Text(Source.Name);
        writer.VarInt((ulong)Cursor);
        writer.Byte(IsCopied ? (byte)1 : (byte)0);
        return writer.Written;
    }

    /// <returns>Null for none, or one that another release wrote: then the copy begins again.</returns>
    public static CopyRecord? Decode(ReadOnlyMemory<byte> bytes)
    {
        var reader = new ByteReader(bytes);
        bool isKnown = reader.Byte() == Format;
        ulong epoch = reader.VarInt();
        string source = reader.Text(NameBytesMax);
        ulong cursor = reader.VarInt();
        bool isCopied = reader.Byte() == 1;
        return isKnown && reader.IsComplete && epoch <= long.MaxValue && cursor <= long.MaxValue && source.Length > 0
            ? new CopyRecord((long)epoch, new NodeId(source), (long)cursor, isCopied)
            : null;
    }
}
