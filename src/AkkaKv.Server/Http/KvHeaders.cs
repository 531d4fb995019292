namespace AkkaKv.Server.Http;

/// <summary>The names of this facade's own headers. Part of the public interface; never changed.</summary>
internal static class KvHeaders
{
    public const string Context = "X-AkkaKv-Context";
    public const string Coordinator = "X-AkkaKv-Coordinator";
    public const string Deleted = "X-AkkaKv-Deleted";
    public const string Expires = "X-AkkaKv-Expires";
    public const string Quorum = "X-AkkaKv-Quorum";
    public const string Siblings = "X-AkkaKv-Siblings";
    public const string Tag = "X-AkkaKv-Tag";
    public const string WrittenAt = "X-AkkaKv-Written-At";

    /// <summary>The type of a value whose writer named none.</summary>
    public const string UnnamedContentType = "application/octet-stream";
}
