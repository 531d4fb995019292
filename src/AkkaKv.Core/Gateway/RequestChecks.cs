using AkkaKv.Api;
using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Gateway;

/// <summary>The bounds of section "Bounds" of the design, checked where a request enters and before anything is sent.</summary>
internal static class RequestChecks
{
    private const int ContentTypeCharsMax = 255;

    /// <returns>False with the error when bucket or name is none.</returns>
    public static bool TryKey(EntryKey entry, KvLimits limits, out StoreKey? key, out KvError? error)
    {
        key = null;
        error = CheckBucket(entry.Bucket) ?? CheckName(entry.Name.Length, limits.KeyBytesMax);
        if (error is not null)
            return false;
        key = StoreKey.Of(entry.Bucket, entry.Name.Span);
        return true;
    }

    /// <summary>The error in a write's value and metadata, or null.</summary>
    public static KvError? CheckPut(PutRequest put, KvLimits limits, DateTimeOffset now)
    {
        if (put.Value.Length > limits.ValueBytesMax)
        {
            return new KvError(
                KvErrorCode.ValueTooLarge,
                $"A value has at most {limits.ValueBytesMax} bytes; found {put.Value.Length}. Split it, or raise the limit on every node.");
        }

        if (put.ContentType is { } contentType && !IsVisibleAscii(contentType))
        {
            return new KvError(
                KvErrorCode.InvalidMetadata,
                $"A content type has 1 to {ContentTypeCharsMax} visible ASCII characters or spaces; found {contentType.Length} characters that do not all fit.");
        }

        if (put.ExpiresAt is { } expiresAt && expiresAt <= now)
        {
            return new KvError(
                KvErrorCode.InvalidMetadata,
                $"An expiry lies in the future; found {expiresAt:O} where this node's clock shows {now:O}. To remove a key, delete it.");
        }

        return null;
    }

    private static KvError? CheckBucket(string bucket)
    {
        if (bucket.Length is 0 or > EntryKey.BucketCharsMax)
        {
            return new KvError(
                KvErrorCode.InvalidBucket, $"A bucket's name has 1 to {EntryKey.BucketCharsMax} characters; found {bucket.Length}.");
        }

        foreach (char c in bucket)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('.' or '_' or '-'))
                return BadBucket($"found U+{(int)c:X4}");
        }

        return bucket[0] == '.' ? BadBucket("found a dot at its start") : null;
    }

    private static KvError BadBucket(string found) => new(
        KvErrorCode.InvalidBucket, $"A bucket's name is made of a-z A-Z 0-9 . _ - and does not start with a dot; {found}. Keys may hold any bytes.");

    private static KvError? CheckName(int length, int max)
    {
        if (length >= 1 && length <= max)
            return null;
        return new KvError(KvErrorCode.InvalidKey, $"A key has 1 to {max} bytes; found {length}.");
    }

    private static bool IsVisibleAscii(string text)
    {
        if (text.Length is 0 or > ContentTypeCharsMax)
            return false;
        foreach (char c in text)
        {
            if (c is < ' ' or > '~')
                return false;
        }

        return true;
    }
}
