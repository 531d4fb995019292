using System.Text;

namespace AkkaKv.Core.Kernel;

/// <summary>
/// A key as it is hashed, stored and sent: one byte with the length of the bucket's name, the bucket's name, the key's
/// name. Carries its hash, so that it is computed once per request.
/// </summary>
public sealed class StoreKey : IEquatable<StoreKey>
{
    /// <summary>The largest number of bytes: the length byte, a 64-byte bucket, a 1,024-byte key.</summary>
    public const int BytesMax = 1 + 64 + 1024;

    private StoreKey(ReadOnlyMemory<byte> bytes, ulong hash)
    {
        Bytes = bytes;
        Hash = hash;
    }

    /// <summary>The canonical bytes.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>XXH64 of the bytes, seed 0. Its top bits are the partition.</summary>
    public ulong Hash { get; }

    /// <summary>The bucket's name.</summary>
    public string Bucket => Encoding.ASCII.GetString(Bytes.Span.Slice(1, Bytes.Span[0]));

    /// <summary>The key's name within the bucket.</summary>
    public ReadOnlyMemory<byte> Name => Bytes[(1 + Bytes.Span[0])..];

    /// <summary>Makes a key from a bucket of 1 to 64 ASCII characters and a name of 1 to 1,024 bytes.</summary>
    public static StoreKey Of(string bucket, ReadOnlySpan<byte> name)
    {
        Invariant.Require(bucket.Length is >= 1 and <= 64, "a bucket has 1 to 64 characters", bucket.Length);
        Invariant.Require(Ascii.IsValid(bucket), "a bucket has ASCII characters", bucket);
        Invariant.Require(name.Length is >= 1 and <= 1024, "a key has 1 to 1024 bytes", name.Length);
        var bytes = new byte[1 + bucket.Length + name.Length];
        bytes[0] = (byte)bucket.Length;
        Encoding.ASCII.GetBytes(bucket, bytes.AsSpan(1));
        name.CopyTo(bytes.AsSpan(1 + bucket.Length));
        return new StoreKey(bytes, StableHash.Of(bytes));
    }

    /// <summary>Reads the canonical bytes, as they come from a disk or a peer; the memory must not change afterwards.</summary>
    /// <returns>False when they are no key.</returns>
    public static bool TryRead(ReadOnlyMemory<byte> bytes, out StoreKey? key)
    {
        key = null;
        if (bytes.Length < 3 || bytes.Length > BytesMax)
            return false;
        int bucketLength = bytes.Span[0];
        if (bucketLength is < 1 or > 64 || bytes.Length < 1 + bucketLength + 1 || bytes.Length > 1 + bucketLength + 1024)
            return false;
        key = new StoreKey(bytes, StableHash.Of(bytes.Span));
        return true;
    }

    public bool Equals(StoreKey? other) =>
        other is not null && Hash == other.Hash && Bytes.Span.SequenceEqual(other.Bytes.Span);

    public override bool Equals(object? obj) => Equals(obj as StoreKey);

    public override int GetHashCode() => (int)Hash;

    public override string ToString() => $"{Bucket}/{Encoding.UTF8.GetString(Name.Span)}";
}
