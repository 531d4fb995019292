namespace AkkaKv.Cluster.Tests.Faults.Networks;

/// <summary>A test that needs network namespaces; skipped, with the reason, where none may be made.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NamespaceFactAttribute : FactAttribute
{
    private static readonly Lazy<string?> Reason = new(() => Commands.WhyNot(
        "network namespaces cannot be made here (that takes root and iproute2)", static () => new NamespaceNetwork(1).Dispose()));

    public NamespaceFactAttribute() => Skip = Reason.Value;
}
