using System.Buffers.Binary;
using System.Text;
using AkkaKv.Core.Kernel;

namespace AkkaKv.Simulation.World;

/// <summary>
/// What happened: a running hash over every event, and the last few of them for a reader. Two runs of one seed have the
/// same hash, on every machine; XXH64 of each event chained to the one before.
/// </summary>
public sealed class Trace
{
    private const int Kept = 512;

    private readonly TraceEntry[] _ring = new TraceEntry[Kept];
    private readonly Dictionary<Type, ulong> _typeHashes = [];

    public ulong Hash { get; private set; }

    public long Events { get; private set; }

    /// <summary>Takes every line as it happens; null for none.</summary>
    public Action<string>? Tell { get; set; }

    /// <summary>A message that an actor is about to handle.</summary>
    /// <param name="content">Hash of the bytes it travelled as; 0 within a node.</param>
    public void Message(long now, int node, in Address to, Message message, ulong content, int operation)
    {
        Add(now, ((ulong)node << 56) ^ ((ulong)to.Role << 48) ^ to.Number, TypeHash(message.GetType()) ^ content, (ulong)(long)operation);
        Keep(new TraceEntry(now, node, to, message, operation, null));
    }

    /// <summary>Something that is no message: a fault, a crash, a sync.</summary>
    public void Note(long now, int node, string text, ulong detail = 0)
    {
        Add(now, (ulong)(long)node, StableHash.Of(Encoding.UTF8.GetBytes(text)), detail);
        Keep(new TraceEntry(now, node, default, null, 0, text));
    }

    /// <summary>Something frequent whose kind says all.</summary>
    public void Mark(long now, int node, ulong kind, ulong detail) => Add(now, (ulong)(long)node, kind, detail);

    /// <summary>The last events, oldest first, one line each.</summary>
    public IEnumerable<string> LastLines()
    {
        for (long i = Math.Max(0, Events - Kept) + 1; i <= Events; i++)
        {
            if (_ring[(int)(i % Kept)].Line() is { } line)
                yield return line;
        }
    }

    private void Keep(in TraceEntry entry)
    {
        _ring[(int)(Events % Kept)] = entry;
        Tell?.Invoke(entry.Line() ?? "");
    }

    private void Add(long now, ulong a, ulong b, ulong c)
    {
        Span<byte> bytes = stackalloc byte[32];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, now);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[8..], a);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[16..], b);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[24..], c);
        Hash = StableHash.Of(bytes, Hash);
        Events++;
        _ring[(int)(Events % Kept)] = default;
    }

    private ulong TypeHash(Type type)
    {
        if (!_typeHashes.TryGetValue(type, out ulong hash))
            _typeHashes.Add(type, hash = StableHash.Of(Encoding.UTF8.GetBytes(type.Name)));
        return hash;
    }
}

/// <summary>One line of a transcript, not yet put into words.</summary>
internal readonly record struct TraceEntry(long Now, int Node, Address To, Message? Message, int Operation, string? Text)
{
    public string? Line()
    {
        string time = $"{Now / (double)TimeSpan.TicksPerMillisecond,12:0.0000} ms  ";
        string where = Node < 0 ? "world " : $"node-{Node + 1}";
        if (Text is not null)
            return $"{time}{where}  *** {Text}";
        if (Message is null)
            return null;
        string about = Operation > 0 ? $"  (operation {Operation})" : "";
        return $"{time}{where}  {To}  <-  {TranscriptText.Of(Message)}{about}";
    }
}
