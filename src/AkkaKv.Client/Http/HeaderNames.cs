namespace AkkaKv.Client.Http;

/// <summary>The headers of the HTTP contract.</summary>
internal static class HeaderNames
{
    public const string Context = "X-AkkaKv-Context";
    public const string Quorum = "X-AkkaKv-Quorum";
    public const string Coordinator = "X-AkkaKv-Coordinator";
    public const string Siblings = "X-AkkaKv-Siblings";
    public const string Expires = "X-AkkaKv-Expires";
    public const string WrittenAt = "X-AkkaKv-Written-At";
}
