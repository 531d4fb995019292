namespace AkkaKv.Server.Launch;

/// <summary>What the process's exit code says. Documented in docs/configuration.md; never changed.</summary>
public static class ExitCodes
{
    public const int Ok = 0;
    public const int Failed = 1;
    public const int BadConfiguration = 2;
    public const int PortInUse = 3;
    public const int DataDirectoryUnusable = 4;
    public const int ClusterRefused = 5;
}
