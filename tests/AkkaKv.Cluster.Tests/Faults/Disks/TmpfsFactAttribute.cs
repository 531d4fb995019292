namespace AkkaKv.Cluster.Tests.Faults.Disks;

/// <summary>A test that needs a small file system of its own; skipped, with the reason, where none may be mounted.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class TmpfsFactAttribute : FactAttribute
{
    private static readonly Lazy<string?> Reason = new(Probe);

    public TmpfsFactAttribute() => Skip = Reason.Value;

    private static string? Probe()
    {
        try
        {
            new Tmpfs(1 << 20).Dispose();
            return null;
        }
        catch (Exception refused) when (refused is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return $"a tmpfs cannot be mounted here (that takes root): {refused.Message}";
        }
    }
}
