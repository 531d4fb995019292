namespace AkkaKv.Cluster.Tests.Faults.Disks;

/// <summary>A test that needs a small file system of its own; skipped, with the reason, where none may be mounted.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class TmpfsFactAttribute : FactAttribute
{
    private static readonly Lazy<string?> Reason = new(() => Commands.WhyNot(
        "a tmpfs cannot be mounted here (that takes root)", static () => new Tmpfs(1 << 20).Dispose()));

    public TmpfsFactAttribute() => Skip = Reason.Value;
}
