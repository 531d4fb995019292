using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;

namespace AkkaKv.Storage.Log;

/// <summary>What a record says. The numbers are on disks: never reuse one. Room is left up to 31.</summary>
internal enum RecordType : byte
{
    /// <summary>Not a record: untouched, zero-filled space.</summary>
    None = 0,

    /// <summary>A key's newest object.</summary>
    Put = 1,

    /// <summary>Dot counters up to this number may be in use. Object: the number, 8 bytes.</summary>
    DotsReserved = 2,

    /// <summary>A process opened the store. Object: see <see cref="SessionRecord"/>.</summary>
    Opened = 3,

    /// <summary>The process that opened the store closed it, and everything before this record was synced.</summary>
    Closed = 4,

    /// <summary>The last record of a segment; the log goes on in the next.</summary>
    Sealed = 5,

    /// <summary>Says nothing but its floor. Written when the store is idle, so that damage to the last batch is known for damage.</summary>
    Mark = 6,

    /// <summary>What is kept for others of a key, newest.</summary>
    HintPut = 7,

    /// <summary>The key has no object any more: what the records before this one say of it is over.</summary>
    Removed = 8,

    /// <summary>The same of what is kept for others.</summary>
    HintRemoved = 9,

    /// <summary>A fact's newest value; the key is its name in ASCII. Without an object: there is none any more.</summary>
    Fact = 10,
}

/// <summary>Which records belong to which space.</summary>
internal static class RecordTypes
{
    /// <summary>The newest that this program knows.</summary>
    public const RecordType Newest = RecordType.Fact;

    public static RecordType PutIn(StoreSpace space) => space switch
    {
        StoreSpace.Objects => RecordType.Put,
        StoreSpace.Hints => RecordType.HintPut,
        _ => throw new InvariantException($"a record type is known for each space; found space {(byte)space}"),
    };

    public static RecordType RemovedIn(StoreSpace space) => space switch
    {
        StoreSpace.Objects => RecordType.Removed,
        StoreSpace.Hints => RecordType.HintRemoved,
        _ => throw new InvariantException($"a record type is known for each space; found space {(byte)space}"),
    };
}
