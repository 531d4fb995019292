using System.Text;

namespace AkkaKv.Api;

/// <summary>
/// Names one entry: a bucket and a key within it. Both are part of what is hashed to a partition.
/// </summary>
/// <remarks>
/// Shape: <see cref="Bucket"/> is 1 to 64 characters of <c>a-z A-Z 0-9 . _ -</c> and does not start with a dot;
/// <see cref="Name"/> is 1 to <see cref="KvLimits.KeyBytesMax"/> bytes of any content.
/// The limits are checked where a request enters (the gateway), not here, so that a bad key is an answer and not a crash.
/// </remarks>
public sealed record EntryKey(string Bucket, ReadOnlyMemory<byte> Name)
{
    /// <summary>The largest number of characters of a bucket's name.</summary>
    public const int BucketCharsMax = 64;

    /// <summary>Makes a key from text; the name is its UTF-8 bytes.</summary>
    public static EntryKey FromText(string bucket, string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return new EntryKey(bucket, Encoding.UTF8.GetBytes(name));
    }

    /// <summary>The key's name as text where it is UTF-8, else with replacement characters; for messages to people.</summary>
    public string NameText => Encoding.UTF8.GetString(Name.Span);

    /// <summary>True when both name the same bucket and the same bytes.</summary>
    public bool Equals(EntryKey? other) => other is not null && Bucket == other.Bucket && Name.Span.SequenceEqual(other.Name.Span);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(Bucket, StringComparer.Ordinal);
        hash.AddBytes(Name.Span);
        return hash.ToHashCode();
    }

    /// <summary><c>bucket/name</c>.</summary>
    public override string ToString() => $"{Bucket}/{NameText}";
}
